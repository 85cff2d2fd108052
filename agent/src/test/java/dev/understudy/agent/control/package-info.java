// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.agent.control;

import org.jspecify.annotations.NullMarked;
