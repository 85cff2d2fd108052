// SPDX-License-Identifier: Apache-2.0
/**
 * Checks whether this host can run a lab. {@link dev.understudy.lab.doctor.HostProbe} looks, {@link
 * dev.understudy.lab.doctor.Requirements} judges, {@link dev.understudy.lab.doctor.DoctorReport} is
 * the answer.
 */
@NullMarked
package dev.understudy.lab.doctor;

import org.jspecify.annotations.NullMarked;
