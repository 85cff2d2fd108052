// SPDX-License-Identifier: Apache-2.0
/**
 * Watches Deployments and policies and says what the operator makes of them: Events on the
 * Deployment, conditions on the policy. {@link dev.understudy.operator.reconcile.Notices} and
 * {@link dev.understudy.operator.reconcile.Conditions} decide, purely; the reconcilers act.
 */
@NullMarked
package dev.understudy.operator.reconcile;

import org.jspecify.annotations.NullMarked;
