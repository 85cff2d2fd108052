// SPDX-License-Identifier: Apache-2.0
/** The system calls, done for real: as root, in namespaces of the tests' own. */
@NullMarked
package dev.understudy.agent.linux;

import org.jspecify.annotations.NullMarked;
