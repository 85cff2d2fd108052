// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.util.Locale;

/**
 * The system calls in use, with their numbers on x86-64 (arch/x86/entry/syscalls/syscall_64.tbl)
 * and on aarch64 (include/uapi/asm-generic/unistd.h). Only calls that exist on both are used, hence
 * {@code openat} and {@code ppoll} and not {@code open} and {@code poll}.
 */
public enum Syscall {
  BIND(49, 200),
  BPF(321, 280),
  CLOCK_GETRES(229, 114),
  CLOSE(3, 57),
  CONNECT(42, 203),
  EVENTFD2(290, 19),
  FCHMODAT(268, 53),
  GETPGID(121, 155),
  GETSOCKNAME(51, 204),
  GETSOCKOPT(55, 209),
  IOCTL(16, 29),
  KILL(62, 129),
  MKNODAT(259, 33),
  MLOCKALL(151, 230),
  MOUNT(165, 40),
  OPENAT(257, 56),
  PIDFD_GETFD(438, 438),
  PIDFD_OPEN(434, 434),
  PIDFD_SEND_SIGNAL(424, 424),
  PIPE2(293, 59),
  PPOLL(271, 73),
  PRCTL(157, 167),
  READ(0, 63),
  RECVFROM(45, 207),
  RECVMSG(47, 212),
  RT_SIGQUEUEINFO(129, 138),
  SCHED_SETSCHEDULER(144, 119),
  SENDTO(44, 206),
  SETHOSTNAME(170, 161),
  SETNS(308, 268),
  SETPRIORITY(141, 140),
  SETSOCKOPT(54, 208),
  SHUTDOWN(48, 210),
  SOCKET(41, 198),
  UMOUNT2(166, 39),
  UNSHARE(272, 97),
  WRITE(1, 64);

  private final long x86Number;
  private final long armNumber;

  /** Its number on the machine that runs this. */
  final long number;

  /** The name under which manuals know it, for error messages. */
  final String verb;

  Syscall(long x86Number, long armNumber) {
    this.x86Number = x86Number;
    this.armNumber = armNumber;
    this.number = numberOn(System.getProperty("os.arch", "?"));
    this.verb = name().toLowerCase(Locale.ROOT);
  }

  /** The number on an architecture as Java names it. */
  long numberOn(String architecture) {
    return switch (architecture) {
      case "amd64" -> x86Number;
      case "aarch64" -> armNumber;
      default ->
          throw new IllegalStateException(
              "system call numbers are known for amd64 and aarch64, this machine is "
                  + architecture);
    };
  }
}
