// SPDX-License-Identifier: Apache-2.0
/**
 * What an agent tells: {@link dev.understudy.agent.control.ControlServer} answers questions about
 * status, events and decisions over HTTP, on the node's loopback and for holders of the token;
 * takes few orders; {@link dev.understudy.agent.control.Journal} keeps the events, in memory and on
 * disk.
 */
@NullMarked
package dev.understudy.agent.control;

import org.jspecify.annotations.NullMarked;
