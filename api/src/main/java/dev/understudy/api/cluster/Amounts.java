// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/** Reads durations and sizes within bounds. */
final class Amounts {
  private static final long PLAIN_MOST = 999_999_999_999_999L;

  private Amounts() {}

  /** Nanoseconds between two bounds, both included. */
  static Optional<Long> nanos(YamlValue value, long least, long most) {
    if (value.isNumber()) {
      value.refuse("has no unit; write a duration such as 250us, 5ms, 1s or 2m, 0 as 0ms");
      return Optional.empty();
    }
    if (!value.isText()) {
      value.refuseKind("a duration such as 250ms");
      return Optional.empty();
    }
    String text = value.text().orElse("");
    OptionalLong nanos = Units.nanos(text);
    if (nanos.isEmpty()) {
      value.refuse(
          Words.quoted(text)
              + " is not a duration; write a whole number and ns, us, ms, s or m, such as 250ms");
      return Optional.empty();
    }
    return within(value, text, nanos.getAsLong(), least, most, Units::nanosText);
  }

  /** Bytes between two bounds, both included. */
  static Optional<Long> bytes(YamlValue value, long least, long most) {
    if (value.isNumber()) {
      return value
          .number(0, PLAIN_MOST)
          .flatMap(
              bytes -> within(value, Long.toString(bytes), bytes, least, most, Units::bytesText));
    }
    if (!value.isText()) {
      value.refuseKind("a size such as 64MiB");
      return Optional.empty();
    }
    String text = value.text().orElse("");
    OptionalLong bytes = Units.bytes(text);
    if (bytes.isEmpty()) {
      value.refuse(
          Words.quoted(text)
              + " is not a size; write a whole number and KiB, MiB, GiB, kB, MB or GB,"
              + " such as 64MiB");
      return Optional.empty();
    }
    return within(value, text, bytes.getAsLong(), least, most, Units::bytesText);
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
