// SPDX-License-Identifier: Apache-2.0
/**
 * One failover as a story: what happened when, who did it, and what came back. {@link
 * dev.understudy.lab.demo.Demo} runs one trial of {@code lab.bench}, {@link
 * dev.understudy.lab.demo.DemoReport} is its document, {@link dev.understudy.lab.demo.DemoText} the
 * same for people.
 */
@NullMarked
package dev.understudy.lab.demo;

import org.jspecify.annotations.NullMarked;
