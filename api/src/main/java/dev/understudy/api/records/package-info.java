// SPDX-License-Identifier: Apache-2.0
/**
 * What agents measure of each checkpoint, restore and failover, as documents that go from an agent
 * to whoever keeps them. They hold names and numbers, never memory of a workload.
 */
@NullMarked
package dev.understudy.api.records;

import org.jspecify.annotations.NullMarked;
