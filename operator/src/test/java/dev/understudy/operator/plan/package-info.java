// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.operator.plan;

import org.jspecify.annotations.NullMarked;
