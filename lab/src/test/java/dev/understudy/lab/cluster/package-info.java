// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.lab.cluster;

import org.jspecify.annotations.NullMarked;
