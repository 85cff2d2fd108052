// SPDX-License-Identifier: Apache-2.0
/** The documents that cross a boundary: the cluster file, the control API, the records. */
@NullMarked
package dev.understudy.api;

import org.jspecify.annotations.NullMarked;
