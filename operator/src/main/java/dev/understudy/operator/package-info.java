// SPDX-License-Identifier: Apache-2.0
/**
 * The Kubernetes side: reads what users ask for ({@code wish}, {@code resource}), says what it
 * makes of it ({@code reconcile}), and plans standby Pods ({@code plan}). {@link
 * dev.understudy.operator.OperatorMain} wires it. What is planned, agents will do.
 */
@NullMarked
package dev.understudy.operator;

import org.jspecify.annotations.NullMarked;
