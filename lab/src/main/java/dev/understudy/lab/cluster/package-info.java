// SPDX-License-Identifier: Apache-2.0
/** A whole cluster on one machine: namespaces as nodes below one keeper process. */
@NullMarked
package dev.understudy.lab.cluster;

import org.jspecify.annotations.NullMarked;
