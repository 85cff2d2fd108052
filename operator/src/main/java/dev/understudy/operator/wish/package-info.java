// SPDX-License-Identifier: Apache-2.0
/**
 * What users ask for: annotations of a Deployment and policies become one {@link
 * dev.understudy.operator.wish.Protection}, or sentences about what is wrong with them. Pure: no
 * client, no clock, no state.
 */
@NullMarked
package dev.understudy.operator.wish;

import org.jspecify.annotations.NullMarked;
