// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import dev.understudy.api.records.Figures;
import dev.understudy.api.records.NodeRecord;
import org.jspecify.annotations.Nullable;

/**
 * One record as the database has it.
 *
 * @param id the database's own number, which rises; also that in {@code ckp_metrics}
 * @param record what the agent measured
 * @param protection of a failover: when a standby held a copy again; null while that is not known
 */
public record StoredRecord(long id, NodeRecord record, Figures.@Nullable Protection protection) {}
