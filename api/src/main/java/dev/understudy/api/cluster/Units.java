// SPDX-License-Identifier: Apache-2.0
package dev.understudy.api.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations such as 250ms and sizes such as 64MiB, to numbers and back without loss. */
public final class Units {
  private static final Pattern AMOUNT = Pattern.compile("(0|[1-9][0-9]{0,15})([a-zA-Z]*)");

  private static final SequencedMap<String, Long> NANOS = new LinkedHashMap<>();
  private static final SequencedMap<String, Long> BYTES = new LinkedHashMap<>();

  static {
    NANOS.put("m", 60_000_000_000L);
    NANOS.put("s", 1_000_000_000L);
    NANOS.put("ms", 1_000_000L);
    NANOS.put("us", 1_000L);
    NANOS.put("ns", 1L);
    BYTES.put("GiB", 1L << 30);
    BYTES.put("GB", 1_000_000_000L);
    BYTES.put("MiB", 1L << 20);
    BYTES.put("MB", 1_000_000L);
    BYTES.put("KiB", 1L << 10);
    BYTES.put("kB", 1_000L);
    BYTES.put("", 1L);
  }

  private Units() {}

  /** The nanoseconds that a text such as 5ms means, or empty; never more than Long.MAX_VALUE. */
  public static OptionalLong nanos(String text) {
    return amount(text, NANOS);
  }

  /** The bytes that a text such as 64MiB means, or empty; never more than Long.MAX_VALUE. */
  public static OptionalLong bytes(String text) {
    return amount(text, BYTES);
  }

  /** The shortest text that {@link #nanos} reads back as the same number. */
  public static String nanosText(long nanos) {
    return text(nanos, "s", NANOS);
  }

  /** The text in binary units that {@link #bytes} reads back as the same number. */
  public static String bytesText(long bytes) {
    SequencedMap<String, Long> binary = new LinkedHashMap<>(BYTES);
    binary.keySet().removeIf(unit -> unit.endsWith("B") && !unit.endsWith("iB"));
    return text(bytes, "", binary);
  }

  private static OptionalLong amount(String text, Map<String, Long> units) {
    Matcher parts = AMOUNT.matcher(text);
    if (!parts.matches()) {
      return OptionalLong.empty();
    }
    Long unit = units.get(parts.group(2));
    if (unit == null) {
      return OptionalLong.empty();
    }
    long count = Long.parseLong(parts.group(1));
    // Saturated, so that the range check of the key says what is allowed.
    return OptionalLong.of(count > Long.MAX_VALUE / unit ? Long.MAX_VALUE : count * unit);
  }

  private static String text(
      long amount, String unitOfZero, SequencedMap<String, Long> largestFirst) {
    if (amount == 0) {
      return "0" + unitOfZero;
    }
    for (Map.Entry<String, Long> unit : largestFirst.entrySet()) {
      if (amount % unit.getValue() == 0) {
        return amount / unit.getValue() + unit.getKey();
      }
    }
    throw new IllegalStateException("no unit divides " + amount + ": " + largestFirst.keySet());
  }
}
