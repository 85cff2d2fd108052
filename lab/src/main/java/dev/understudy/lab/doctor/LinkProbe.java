// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

/** Tries whether this host can make a veth pair in a bridge, and leaves nothing behind. */
interface LinkProbe {
  HostFacts.Attempt tryLinks();
}
