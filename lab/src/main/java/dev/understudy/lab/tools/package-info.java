// SPDX-License-Identifier: Apache-2.0
/**
 * Fetches CRIU, runc, Python and Redis as Debian packages into a cache folder of the project, with
 * everything they link to, down to the C library. The host's packages are neither used nor changed.
 *
 * <p>Read {@link dev.understudy.lab.tools.ToolCache} first: it decides what is missing. {@link
 * dev.understudy.lab.tools.PinFile} says which packages, {@link
 * dev.understudy.lab.tools.PackageSource} from where, {@link dev.understudy.lab.tools.PrivateApt}
 * gets them, {@link dev.understudy.lab.tools.Programs} makes them run in their new place, {@link
 * dev.understudy.lab.tools.ReadyFile} remembers that it is done.
 */
@NullMarked
package dev.understudy.lab.tools;

import org.jspecify.annotations.NullMarked;
