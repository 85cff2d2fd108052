// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.lab.kubernetes.image;

import org.jspecify.annotations.NullMarked;
