// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.operator.reconcile;

import org.jspecify.annotations.NullMarked;
