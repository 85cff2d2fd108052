// SPDX-License-Identifier: Apache-2.0
/** The failover protocol and its arithmetic: pure Java, no clock, thread, socket or file. */
module dev.understudy.core {
  requires static transitive org.jspecify;

  exports dev.understudy.core.placement;
  exports dev.understudy.core.timing;
  exports dev.understudy.core.protocol;
}
