// SPDX-License-Identifier: Apache-2.0
/**
 * Container images without an engine: {@link dev.understudy.lab.kubernetes.image.ContainerImage}
 * packs files into an archive that containerd and others load.
 */
@NullMarked
package dev.understudy.lab.kubernetes.image;

import org.jspecify.annotations.NullMarked;
