// SPDX-License-Identifier: Apache-2.0
/**
 * A certificate authority for one lab: {@link dev.understudy.lab.kubernetes.pki.Authority} issues
 * {@link dev.understudy.lab.kubernetes.pki.Identity identities}, encoded by {@link
 * dev.understudy.lab.kubernetes.pki.Der}. The platform signs and reads certificates, but has no
 * public way to make one.
 */
@NullMarked
package dev.understudy.lab.kubernetes.pki;

import org.jspecify.annotations.NullMarked;
