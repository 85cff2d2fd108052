// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.cluster;

/**
 * What a crash of a node did, and when, on the machine's CLOCK_BOOTTIME.
 *
 * @param node its name
 * @param beginNanos just before its port at the switch was cut
 * @param cutNanos when the port was down: nothing of it was heard after this
 * @param killedNanos when SIGKILL had been sent to its PID 1
 */
public record Crash(String node, long beginNanos, long cutNanos, long killedNanos) {}
