// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.operator;

import org.jspecify.annotations.NullMarked;
