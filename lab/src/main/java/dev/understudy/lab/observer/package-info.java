// SPDX-License-Identifier: Apache-2.0
/**
 * Who sent what when: every frame from a workload's address, ARP included, is seen where it comes
 * in at the switch, with the kernel's time of that.
 *
 * <p>{@link dev.understudy.lab.observer.Observer} listens and sums frames up to {@link
 * dev.understudy.lab.observer.Burst}s. {@link dev.understudy.lab.observer.Reigns} knows from the
 * agents' journals whose turn it was, and {@link dev.understudy.lab.observer.Overlap} is what must
 * never be: a frame of an old reign after one of a newer reign. What the agents say decides only
 * about the order of reigns, never about what was sent.
 */
@NullMarked
package dev.understudy.lab.observer;

import org.jspecify.annotations.NullMarked;
