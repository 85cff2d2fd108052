// SPDX-License-Identifier: Apache-2.0
/**
 * A whole cluster on one machine: namespaces as nodes below one keeper process, with whose end the
 * kernel takes everything away.
 *
 * <p>{@link dev.understudy.lab.cluster.Lab} is all that others see: up, open, status, crash, start,
 * isolate, heal, down, and faults. {@link dev.understudy.lab.cluster.LabStart} is the way up, step
 * by step, {@link dev.understudy.lab.cluster.Teardown} the way down, also after a killed command;
 * {@link dev.understudy.lab.cluster.PowerCut} is a crash. {@link dev.understudy.lab.cluster.Switch}
 * holds the ports, {@link dev.understudy.lab.cluster.Places} the command lines that enter
 * namespaces; what runs first inside them are the shell scripts beside this package's resources.
 *
 * <p>A {@link dev.understudy.lab.cluster.FaultSpec} describes what {@link
 * dev.understudy.lab.cluster.Faults} breaks and an {@link dev.understudy.lab.cluster.OngoingFault}
 * repairs: rules at the switch are {@link dev.understudy.lab.cluster.SwitchFilter}'s, late frames
 * {@link dev.understudy.lab.cluster.Relay}'s.
 *
 * <p>A lab outlives the command that made it, so what has to be known later is in {@link
 * dev.understudy.lab.cluster.StateFolder}, guarded by {@link dev.understudy.lab.cluster.LabLock};
 * processes are known by {@link dev.understudy.lab.cluster.ProcessMark}, never by a number alone.
 * {@link dev.understudy.lab.cluster.ControlClient} asks agents.
 */
@NullMarked
package dev.understudy.lab.cluster;

import org.jspecify.annotations.NullMarked;
