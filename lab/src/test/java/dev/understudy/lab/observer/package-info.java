// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.understudy.lab.observer;

import org.jspecify.annotations.NullMarked;
