// SPDX-License-Identifier: Apache-2.0
/**
 * Carries out what {@link dev.understudy.operator.plan.Course} decides: {@link
 * dev.understudy.operator.act.Steward} looks and has things done, {@code Hands} does them at the
 * API server, {@code Agents} asks agents and brings them their plan.
 */
@NullMarked
package dev.understudy.operator.act;

import org.jspecify.annotations.NullMarked;
