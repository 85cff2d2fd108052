// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.operator.wish;

import org.jspecify.annotations.NullMarked;
