// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.cli;

import org.jspecify.annotations.NullMarked;
