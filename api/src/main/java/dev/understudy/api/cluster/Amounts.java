// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/** Reads durations and sizes within bounds. */
final class Amounts {
  private Amounts() {}

  /** Nanoseconds between two bounds, both included. */
  static Optional<Long> nanos(YamlValue value, long least, long most) {
    if (value.isNumber()) {
      value.refuse("has no unit; write a duration such as 250us, 5ms, 1s or 2m, 0 as 0ms");
      return Optional.empty();
    }
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    OptionalLong nanos = Units.nanos(text.get());
    if (nanos.isEmpty()) {
      value.refuse(
          Words.quoted(text.get())
              + " is not a duration; write a whole number and ns, us, ms, s or m, such as 250ms");
      return Optional.empty();
    }
    return within(
        value, text.get(), nanos.getAsLong(), least, most, Units::nanosText);
  }

  /** Bytes between two bounds, both included. */
  static Optional<Long> bytes(YamlValue value, long least, long most) {
    if (value.isNumber()) {
      return value.number(least, most);
    }
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    OptionalLong bytes = Units.bytes(text.get());
    if (bytes.isEmpty()) {
      value.refuse(
          Words.quoted(text.get())
              + " is not a size; write a whole number and KiB, MiB, GiB, kB, MB or GB,"
              + " such as 64MiB");
      return Optional.empty();
    }
    return within(
        value, text.get(), bytes.getAsLong(), least, most, Units::bytesText);
  }

  private static Optional<Long> within(
      YamlValue value, String text, long amount, long least, long most, LongFunction<String> unit) {
    if (amount < least || amount > most) {
      String wrong = amount < least ? "is too little" : "is too much";
      value.refuse(
          text + " " + wrong + "; write from " + unit.apply(least) + " to " + unit.apply(most));
      return Optional.empty();
    }
    return Optional.of(amount);
  }
}
