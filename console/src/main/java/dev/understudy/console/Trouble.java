// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import java.util.function.Consumer;

/** Says once that something does not work, and once that it works again. */
final class Trouble {
  private final String what;
  private final Consumer<String> progress;
  private String why = "";

  Trouble(String what, Consumer<String> progress) {
    this.what = what;
    this.progress = progress;
  }

  void arose(String reason) {
    if (!reason.equals(why)) {
      progress.accept(what + ": " + reason + "; trying again");
    }
    why = reason;
  }

  void over() {
    if (!why.isEmpty()) {
      progress.accept(what + ": works again");
    }
    why = "";
  }
}
