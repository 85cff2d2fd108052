// SPDX-License-Identifier: Apache-2.0
/** What an agent tells about itself over its control API. */
@NullMarked
package dev.understudy.api.control;

import org.jspecify.annotations.NullMarked;
