// SPDX-License-Identifier: Apache-2.0
package dev.understudy.operator.wish;

import java.util.List;

/** What a user asks for one Deployment. */
public sealed interface Wish {
  /** Nobody asks for anything. */
  record Absent() implements Wish {}

  /**
   * Something that can be understood.
   *
   * @param remarks what was passed over, a sentence each; empty when nothing was
   */
  record Asked(Protection protection, List<String> remarks) implements Wish {
    public Asked {
      remarks = List.copyOf(remarks);
    }
  }

  /**
   * Something that cannot; nothing of it takes effect.
   *
   * @param faults what is wrong and what is allowed, a sentence each
   */
  record Faulty(List<String> faults) implements Wish {
    public Faulty {
      faults = List.copyOf(faults);
      if (faults.isEmpty()) {
        throw new IllegalArgumentException("faulty without a fault");
      }
    }
  }
}
