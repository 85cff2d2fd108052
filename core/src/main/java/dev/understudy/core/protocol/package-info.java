// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.core.protocol;

import org.jspecify.annotations.NullMarked;
