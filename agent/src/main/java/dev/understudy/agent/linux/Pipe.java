// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import java.nio.file.Path;

/** A pipe whose ends are not inherited by children (pipe2(2) with O_CLOEXEC). */
public final class Pipe implements AutoCloseable {
  private static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 0x80000;

  private final int readEnd;
  private final int writeEnd;
  private boolean readOpen = true;
  private boolean writeOpen = true;

  private Pipe(int readEnd, int writeEnd) {
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
  }

  /** A new pipe, both ends blocking. */
  public static Pipe open() throws LinuxException {
    Memory ends = Memory.ofSize(8);
    Kernel.require(Syscall.PIPE2, "", ends.address(), O_CLOEXEC, 0, 0);
    ends.keep();
    return new Pipe(ends.bytes().getInt(0), ends.bytes().getInt(4));
  }

  /**
   * Opens both ends of a pipe that somebody else holds the read end of.
   *
   * @param held a path such as {@code /proc/PID/fd/0}
   */
  public static Pipe adopt(Path held) throws LinuxException {
    // With a reader there, opening to write does not wait; with a writer, opening to read does not.
    int writeEnd = Namespaces.openFile(held, O_WRONLY | O_CLOEXEC);
    try {
      return new Pipe(Namespaces.openFile(held, O_CLOEXEC), writeEnd);
    } catch (LinuxException e) {
      Kernel.close(writeEnd);
      throw e;
    }
  }

  /** Descriptor to read from. */
  public int readEnd() {
    return readEnd;
  }

  /** Descriptor to write to. */
  public int writeEnd() {
    return writeEnd;
  }

  /**
   * A path by which any process in this PID namespace with enough rights opens a descriptor of ours
   * anew; opening the path of a pipe's end gives that end.
   */
  public static Path procPath(int fd) {
    return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", "" + fd);
  }

  /** Closes the end to read from. */
  public void closeReadEnd() {
    if (readOpen) {
      readOpen = false;
      Kernel.close(readEnd);
    }
  }

  /** Closes the end to write to, so that readers see the end when other writers are gone too. */
  public void closeWriteEnd() {
    if (writeOpen) {
      writeOpen = false;
      Kernel.close(writeEnd);
    }
  }

  @Override
  public void close() {
    closeReadEnd();
    closeWriteEnd();
  }
}
