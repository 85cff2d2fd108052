// SPDX-License-Identifier: Apache-2.0
/** One workload's sandbox on one node (namespaces, files, cgroup, log pipe), and runc. */
@NullMarked
package dev.understudy.agent.runtime;

import org.jspecify.annotations.NullMarked;
