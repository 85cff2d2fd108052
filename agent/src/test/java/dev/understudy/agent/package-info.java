// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.agent;

import org.jspecify.annotations.NullMarked;
