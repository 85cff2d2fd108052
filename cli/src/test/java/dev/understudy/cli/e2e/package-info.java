// SPDX-License-Identifier: Apache-2.0

/** The product as people use it: real labs, real programs, real faults. */
@org.jspecify.annotations.NullMarked
package dev.understudy.cli.e2e;
