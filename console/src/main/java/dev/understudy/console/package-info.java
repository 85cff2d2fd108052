// SPDX-License-Identifier: Apache-2.0
/**
 * Collects the records of agents into SQLite or PostgreSQL: {@link
 * dev.understudy.console.Collector} follows the agents, {@link dev.understudy.console.RecordStore}
 * keeps what they tell. It knows agents by their control API alone.
 */
@NullMarked
package dev.understudy.console;

import org.jspecify.annotations.NullMarked;
