// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.lab.kubernetes.pki;

import org.jspecify.annotations.NullMarked;
