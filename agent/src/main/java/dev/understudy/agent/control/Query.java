// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.control;

import java.util.Map;
import java.util.TreeMap;

/** The query of a request: names and values of few and harmless characters, each name once. */
final class Query {
  private static final int LENGTH_MOST = 400;

  private final Map<String, String> values = new TreeMap<>();

  private Query() {}

  /** Reads what stands behind the question mark; empty for nothing. */
  static Query parse(String text) throws Refused {
    Query query = new Query();
    if (text.isEmpty()) {
      return query;
    }
    if (text.length() > LENGTH_MOST) {
      throw new Refused(Refused.BAD_REQUEST, "the query is longer than " + LENGTH_MOST);
    }
    for (String part : text.split("&", -1)) {
      if (!part.matches("[a-z_]{1,32}=[A-Za-z0-9.-]{1,64}")) {
        throw new Refused(Refused.BAD_REQUEST, "the query is not NAME=VALUE, joined by &");
      }
      int equals = part.indexOf('=');
      String before = query.values.put(part.substring(0, equals), part.substring(equals + 1));
      if (before != null) {
        throw new Refused(Refused.BAD_REQUEST, part.substring(0, equals) + " comes twice");
      }
    }
    return query;
  }

  /** A value that has to be there. */
  String text(String name) throws Refused {
    String value = values.get(name);
    if (value == null) {
      throw new Refused(Refused.BAD_REQUEST, name + " is missing in the query");
    }
    return value;
  }

  /** The same, or that text when it is not there. */
  String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /** A whole number from 0 on that has to be there. */
  long number(String name) throws Refused {
    String value = text(name);
    if (!value.matches("[0-9]{1,18}")) {
      throw new Refused(Refused.BAD_REQUEST, name + " must be a whole number");
    }
    return Long.parseLong(value);
  }

  /** The same, or that number when it is not there. */
  long number(String name, long otherwise) throws Refused {
    return values.containsKey(name) ? number(name) : otherwise;
  }
}
