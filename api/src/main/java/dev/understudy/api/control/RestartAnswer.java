// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.control;

import java.util.List;

/**
 * Answer to {@code POST /v1/restart?lease_millis=N}: whether the agent ends now, to be started
 * again by whoever keeps it running.
 *
 * @param ends whether it does
 * @param goingOn workloads that are active on this node and go on without it until the lease ends
 * @param why it does not end; empty when it does
 */
public record RestartAnswer(boolean ends, List<String> goingOn, String why) {}
