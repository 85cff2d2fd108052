// SPDX-License-Identifier: Apache-2.0
/**
 * Every system call that the agent makes, through the Foreign Function &amp; Memory API.
 *
 * <p>{@link dev.understudy.agent.linux.Kernel} is the only place that leaves Java; everything else
 * here gives names, units and errors to what it returns. Calls on the failover path ({@code Clock},
 * {@code UdpSocket}, {@code Poller}, {@code EventFd}, {@code GratuitousArp}, {@code Signals})
 * allocate nothing once warm. Failed operations are {@link
 * dev.understudy.agent.linux.LinuxException}s that name verb, object and errno.
 */
@NullMarked
package dev.understudy.agent.linux;

import org.jspecify.annotations.NullMarked;
