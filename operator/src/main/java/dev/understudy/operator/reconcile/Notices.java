// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.reconcile;

import dev.understudy.operator.plan.Fitness;
import dev.understudy.operator.wish.Decision;
import dev.understudy.operator.wish.Wish;
import io.fabric8.kubernetes.api.model.apps.Deployment;
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
  public static List<Notice> of(Decision decision, Deployment deployment) {
    String by = decision.policy().map(name -> "FailoverPolicy " + name).orElse("annotations");
    List<Notice> notices = new ArrayList<>();
    switch (decision.wish()) {
      case Wish.Absent() -> {}
      case Wish.Asked(var protection, var remarks) -> {
        Fitness fitness = Fitness.of(protection, deployment);
        if (fitness.ladder().isEmpty()) {
          notices.add(refused(by, fitness.remarks()));
        } else {
          notices.add(new Notice(false, REQUESTED, "by " + by + ": " + protection.sentence()));
          fitness.remarks().forEach(remark -> notices.add(new Notice(true, REMARK, remark)));
        }
        remarks.forEach(remark -> notices.add(new Notice(true, REMARK, remark)));
      }
      case Wish.Faulty(var faults) -> notices.add(refused(by, faults));
    }
    return notices;
  }

  private static Notice refused(String by, List<String> sentences) {
    return new Notice(true, REFUSED, "by " + by + ": " + String.join(". ", sentences));
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
