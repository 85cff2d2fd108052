// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.api.control;

import org.jspecify.annotations.NullMarked;
