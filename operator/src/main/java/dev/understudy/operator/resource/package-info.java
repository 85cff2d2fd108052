// SPDX-License-Identifier: Apache-2.0
/**
 * The custom resource FailoverPolicy, as the API server stores it. Its definition, {@code
 * deploy/failoverpolicies.yaml}, is generated from these types; a test compares both.
 *
 * <p>Words with few values are plain text here, so that an object that was stored under another
 * version of the definition can still be read, and be complained about.
 */
@NullMarked
package dev.understudy.operator.resource;

import org.jspecify.annotations.NullMarked;
