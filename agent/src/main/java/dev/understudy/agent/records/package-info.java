// SPDX-License-Identifier: Apache-2.0
/**
 * The figures of checkpoints, restores and failovers, kept on the node until somebody collects
 * them: {@link dev.understudy.agent.records.RecordJournal} takes them from any thread without
 * waiting, and {@link dev.understudy.agent.records.RecordRoute} tells them over the control API.
 */
@NullMarked
package dev.understudy.agent.records;

import org.jspecify.annotations.NullMarked;
