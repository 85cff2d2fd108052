// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import dev.understudy.agent.linux.LinuxException;
import dev.understudy.agent.linux.Signals;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * The program that runs as PID 1 of a standby Pod's container. Its source is {@code holder.s}; what
 * an assembler has made of it lies beside that, so that nobody needs one.
 */
public final class Holder {
  /** The folder in the container where it lies, a volume of its own. */
  public static final String FOLDER = "/.understudy";

  /** Where it lies in the container. */
  public static final String PROGRAM = FOLDER + "/holder";

  /** In the same folder: a file that is there once a copy runs. */
  private static final String AWAKE = "awake";

  private Holder() {}

  /** The program itself, an executable of Linux on x86-64. */
  public static byte[] program() {
    try (InputStream in = Holder.class.getResourceAsStream("holder.hex")) {
      if (in == null) {
        throw new IllegalStateException("holder.hex is not on the class path");
      }
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    } catch (IOException e) {
      throw new IllegalStateException("holder.hex cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether that container waits for a copy. */
  static boolean runsIn(PodContainer container) {
    return container.program().equals(PROGRAM);
  }

  /**
   * Says which process was woken: the holder ends with it, and its Pod becomes Ready.
   *
   * @param root as the agent numbers it
   */
  static void woken(PodContainer container, int root) throws IOException {
    int[] numbers = NamespacePids.of(root);
    if (numbers.length < 2) {
      throw new IOException("process " + root + " is not in a namespace of the holder's");
    }
    if (!Signals.queue(container.pid(), Signals.SIGUSR1, numbers[numbers.length - 2])) {
      throw new LinuxException("rt_sigqueueinfo", "holder " + container.pid(), 3);
    }
    // The number is for an agent that begins anew; the holder looks whether the file is there.
    String number = Integer.toString(numbers[numbers.length - 2]);
    Path draft = folder(container).resolve(AWAKE + ".new");
    Files.writeString(draft, number);
    Files.move(draft, folder(container).resolve(AWAKE), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * The first process of the copy that was woken below a holder, as the agent numbers it.
   *
   * @return empty when none was, or it has ended
   */
  static OptionalInt awake(PodContainer container) throws IOException {
    String number;
    try {
      number = Files.readString(folder(container).resolve(AWAKE)).strip();
    } catch (NoSuchFileException none) {
      return OptionalInt.empty();
    }
    Path children = Path.of("/proc/" + container.pid() + "/task/" + container.pid() + "/children");
    for (String child : Files.readString(children).strip().split(" ", -1)) {
      if (!child.isEmpty() && isCalled(Integer.parseInt(child), number)) {
        return OptionalInt.of(Integer.parseInt(child));
      }
    }
    return OptionalInt.empty();
  }

  /** Whether a process has that number where the holder is, and is the first one further down. */
  private static boolean isCalled(int pid, String number) throws IOException {
    int[] numbers = NamespacePids.of(pid);
    int depth = numbers.length;
    return depth >= 2
        && numbers[depth - 1] == 1
        && Integer.toString(numbers[depth - 2]).equals(number);
  }

  private static Path folder(PodContainer container) throws IOException {
    return container
        .mountAt(FOLDER)
        .map(mount -> Path.of(mount.source()))
        .orElseThrow(() -> new IOException("the standby Pod has no volume at " + FOLDER));
  }
}
