// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.doctor;

/**
 * One requirement and what was found.
 *
 * @param name of the requirement
 * @param ok whether it is met
 * @param found on this host
 * @param needed by the lab
 * @param advice what to do; empty if nothing
 * @param optional a lab works without it, for the price that the advice names
 */
public record Check(
    String name, boolean ok, String found, String needed, String advice, boolean optional) {

  static Check required(String name, boolean ok, String found, String needed, String advice) {
    return new Check(name, ok, found, needed, ok ? "" : advice, false);
  }

  static Check optional(String name, boolean ok, String found, String needed, String advice) {
    return new Check(name, ok, found, needed, ok ? "" : advice, true);
  }
}
