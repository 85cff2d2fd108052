// SPDX-License-Identifier: Apache-2.0
/** The cluster file: what a user wants protected, on which nodes, within which times. */
@NullMarked
package dev.understudy.api.cluster;

import org.jspecify.annotations.NullMarked;
