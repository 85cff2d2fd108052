// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.operator.resource;

import org.jspecify.annotations.NullMarked;
