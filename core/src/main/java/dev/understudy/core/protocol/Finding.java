// SPDX-License-Identifier: Apache-2.0
package dev.understudy.core.protocol;

/**
 * Why a node did, or did not, take a workload over, by one rule.
 *
 * @param rule by which
 * @param against whether this stands against taking over at present
 * @param text one sentence without its subject, which is the node
 */
public record Finding(Rule rule, boolean against, String text) {}
