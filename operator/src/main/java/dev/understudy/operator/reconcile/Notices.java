// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import dev.understudy.operator.wish.Decision;
import dev.understudy.operator.wish.Wish;
import java.util.ArrayList;
import java.util.List;

/** What to say about a Deployment, given what counts for it. */
public final class Notices {
  static final String REQUESTED = "ProtectionRequested";
  static final String REFUSED = "ProtectionRefused";
  static final String REMARK = "ProtectionRemark";
  static final String WITHDRAWN = "ProtectionWithdrawn";

  private Notices() {}

  /** Everything that is worth saying; empty when nobody asks for anything. */
  public static List<Notice> of(Decision decision) {
    String by = decision.policy().map(name -> "FailoverPolicy " + name).orElse("annotations");
    List<Notice> notices = new ArrayList<>();
    switch (decision.wish()) {
      case Wish.Absent() -> {}
      case Wish.Asked(var protection, var remarks) -> {
        notices.add(new Notice(false, REQUESTED, "by " + by + ": " + protection.sentence()));
        remarks.forEach(remark -> notices.add(new Notice(true, REMARK, remark)));
      }
      case Wish.Faulty(var faults) ->
          notices.add(new Notice(true, REFUSED, "by " + by + ": " + String.join(". ", faults)));
    }
    return notices;
  }

  /** What of it is new since the last time. */
  public static List<Notice> news(List<Notice> before, List<Notice> now) {
    List<Notice> news = new ArrayList<>(now);
    news.removeAll(before);
    if (now.isEmpty() && !before.isEmpty()) {
      news.add(new Notice(false, WITHDRAWN, "nothing asks for protection any more"));
    }
    return news;
  }
}
