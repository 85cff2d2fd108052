// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.gate;

import dev.understudy.agent.linux.Errno;
import dev.understudy.agent.linux.Kernel;
import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Memory;
import dev.understudy.agent.linux.Syscall;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The few commands of bpf(2) that a gate needs. Offsets are those of {@code union bpf_attr} in
 * include/uapi/linux/bpf.h.
 */
final class Bpf {
  static final int MAP_LOOKUP = 1;
  static final int MAP_UPDATE = 2;
  static final int MAP_DELETE = 3;
  private static final int MAP_CREATE = 0;
  private static final int PROG_LOAD = 5;
  private static final int PROG_ATTACH = 8;
  private static final int PROG_DETACH = 9;
  private static final int PROG_GET_FD_BY_ID = 13;
  private static final int MAP_GET_FD_BY_ID = 14;
  private static final int OBJ_GET_INFO_BY_FD = 15;
  private static final int PROG_QUERY = 16;

  private static final int TYPE_SCHED_CLS = 3;
  private static final int TCX_INGRESS = 46;

  /** Attach ahead of all others: an earlier program that lets a frame pass ends the chain. */
  private static final int F_BEFORE = 1 << 3;

  private static final int ATTR_BYTES = 128;
  private static final int LOG_BYTES = 65_536;
  private static final int NAME_BYTES = 16;
  private static final int MOST_PROGRAMS = 64;

  private Bpf() {}

  static int createMap(int type, int keyBytes, int valueBytes, int entries, String name)
      throws LinuxException {
    Memory attr = Memory.ofSize(ATTR_BYTES);
    ByteBuffer bytes = attr.bytes();
    bytes.putInt(0, type).putInt(4, keyBytes).putInt(8, valueBytes).putInt(12, entries);
    bytes.put(28, name.getBytes(StandardCharsets.US_ASCII));
    return (int) require(MAP_CREATE, attr, "create map " + name);
  }

  /**
   * Loads a program for traffic control.
   *
   * @throws LinuxException with the verifier's log
   */
  static int loadProgram(long[] instructions, String name) throws LinuxException {
    Memory code = Memory.ofSize(instructions.length * 8);
    for (int i = 0; i < instructions.length; i++) {
      code.bytes().putLong(i * 8, instructions[i]);
    }
    Memory license = Memory.ofSize(16);
    license.bytes().put(0, "Apache-2.0".getBytes(StandardCharsets.US_ASCII));
    Memory log = Memory.ofSize(LOG_BYTES);
    Memory attr = Memory.ofSize(ATTR_BYTES);
    ByteBuffer bytes = attr.bytes();
    bytes.putInt(0, TYPE_SCHED_CLS).putInt(4, instructions.length);
    bytes.putLong(8, code.address()).putLong(16, license.address());
    bytes.putInt(24, 1).putInt(28, LOG_BYTES).putLong(32, log.address());
    bytes.put(48, name.getBytes(StandardCharsets.US_ASCII));
    long result = Kernel.call(Syscall.BPF, PROG_LOAD, attr.address(), ATTR_BYTES, 0);
    code.keep();
    license.keep();
    log.keep();
    attr.keep();
    if (result < 0) {
      String words = text(log.bytes(), 0, LOG_BYTES).strip();
      throw new LinuxException("bpf", "load program " + name, (int) -result, words);
    }
    return (int) result;
  }

  /** Attaches to the ingress of a device of the calling thread's namespace, without a link. */
  static void attachToIngress(int program, int ifindex) throws LinuxException {
    Memory attr = Memory.ofSize(ATTR_BYTES);
    attr.bytes().putInt(0, ifindex).putInt(4, program).putInt(8, TCX_INGRESS).putInt(12, F_BEFORE);
    require(PROG_ATTACH, attr, "attach to the ingress of interface " + ifindex);
  }

  static void detachFromIngress(int program, int ifindex) throws LinuxException {
    Memory attr = Memory.ofSize(ATTR_BYTES);
    attr.bytes().putInt(0, ifindex).putInt(4, program).putInt(8, TCX_INGRESS);
    require(PROG_DETACH, attr, "detach from the ingress of interface " + ifindex);
  }

  /** Numbers of the programs at the ingress of a device of the calling thread's namespace. */
  static List<Integer> programsAtIngress(int ifindex) throws LinuxException {
    Memory ids = Memory.ofSize(4 * MOST_PROGRAMS);
    Memory attr = Memory.ofSize(ATTR_BYTES);
    attr.bytes().putInt(0, ifindex).putInt(4, TCX_INGRESS);
    attr.bytes().putLong(16, ids.address()).putInt(24, MOST_PROGRAMS);
    long result = Kernel.call(Syscall.BPF, PROG_QUERY, attr.address(), ATTR_BYTES, 0);
    ids.keep();
    attr.keep();
    List<Integer> found = new ArrayList<>();
    // ENOENT: the device never had a program.
    if (result == -Errno.ENOENT) {
      return found;
    }
    Kernel.succeeded(result, Syscall.BPF, "query the ingress of interface " + ifindex);
    for (int i = 0; i < attr.bytes().getInt(24); i++) {
      found.add(ids.bytes().getInt(4 * i));
    }
    return found;
  }

  static int openProgram(int id) throws LinuxException {
    Memory attr = Memory.ofSize(ATTR_BYTES);
    attr.bytes().putInt(0, id);
    return (int) require(PROG_GET_FD_BY_ID, attr, "open program " + id);
  }

  /** Number and name of a program. */
  record ProgramInfo(int id, String name) {}

  static ProgramInfo describeProgram(int fd) throws LinuxException {
    Memory info = Memory.ofSize(ATTR_BYTES);
    Memory attr = Memory.ofSize(ATTR_BYTES);
    // A program without maps to report: the first 80 bytes end behind its name.
    int infoBytes = 64 + NAME_BYTES;
    attr.bytes().putInt(0, fd).putInt(4, infoBytes).putLong(8, info.address());
    require(OBJ_GET_INFO_BY_FD, attr, "describe a program");
    info.keep();
    return new ProgramInfo(info.bytes().getInt(4), text(info.bytes(), 64, NAME_BYTES));
  }

  /** Opens the one map of a program that has just one. */
  static int openMapOf(int program) throws LinuxException {
    Memory ids = Memory.ofSize(8);
    Memory info = Memory.ofSize(ATTR_BYTES);
    Memory attr = Memory.ofSize(ATTR_BYTES);
    // nr_map_ids says for how many numbers there is room, and afterwards how many there are.
    info.bytes().putInt(52, 2).putLong(56, ids.address());
    attr.bytes().putInt(0, program).putInt(4, 64).putLong(8, info.address());
    require(OBJ_GET_INFO_BY_FD, attr, "ask a program for its map");
    info.keep();
    ids.keep();
    int count = info.bytes().getInt(52);
    if (count != 1) {
      throw new LinuxException("bpf", "ask a program for its map: it has " + count, Errno.EINVAL);
    }
    Memory open = Memory.ofSize(ATTR_BYTES);
    open.bytes().putInt(0, ids.bytes().getInt(0));
    return (int) require(MAP_GET_FD_BY_ID, open, "open map " + ids.bytes().getInt(0));
  }

  private static long require(int command, Memory attr, String what) throws LinuxException {
    long result = Kernel.call(Syscall.BPF, command, attr.address(), ATTR_BYTES, 0);
    attr.keep();
    return Kernel.succeeded(result, Syscall.BPF, what);
  }

  /** Characters up to the first NUL. */
  private static String text(ByteBuffer bytes, int from, int most) {
    int length = 0;
    while (length < most && bytes.get(from + length) != 0) {
      length++;
    }
    byte[] characters = new byte[length];
    bytes.get(from, characters);
    return new String(characters, StandardCharsets.UTF_8);
  }
}
