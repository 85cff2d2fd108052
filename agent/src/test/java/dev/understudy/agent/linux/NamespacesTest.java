// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespacesTest {
  @TempDir Path folder;

  @BeforeEach
  void root() throws IOException {
    Root.assumed();
  }

  @Test
  void pinsHoldNewNamespacesAndUnpinLeavesNothing() throws Exception {
    Path net = folder.resolve("ns/net");
    Path ipc = folder.resolve("ns/ipc");
    Path uts = folder.resolve("ns/uts");
    Path ownNet = Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
    String ownName = Files.readString(Path.of("/proc/sys/kernel/hostname"));
    Namespaces.pinNew(net, ipc, uts, "box-1");
    try {
      assertThat(mountsBelow(folder)).hasSize(3);
      Path inside =
          Namespaces.callIn(net, () -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")));
      assertThat(inside).isNotEqualTo(ownNet);
      assertThat(Files.getAttribute(net, "unix:ino"))
          .isEqualTo(Long.parseLong(inside.toString().replaceAll("\\D", "")));
      assertThat(Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"))).isEqualTo(ownNet);
      assertThat(hostNameIn(uts)).isEqualTo("box-1");
      assertThat(Files.readString(Path.of("/proc/sys/kernel/hostname"))).isEqualTo(ownName);
    } finally {
      Namespaces.unpin(net);
      Namespaces.unpin(ipc);
      Namespaces.unpin(uts);
    }
    assertThat(mountsBelow(folder)).isEmpty();
    assertThat(Files.exists(net)).isFalse();
    Namespaces.unpin(net);
  }

  private static String hostNameIn(Path uts) throws IOException, InterruptedException {
    Process child = new ProcessBuilder("nsenter", "--uts=" + uts, "hostname").start();
    String name =
        new String(child.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertThat(child.waitFor()).isZero();
    return name;
  }

  private static List<String> mountsBelow(Path folder) throws IOException {
    return Files.readAllLines(Path.of("/proc/thread-self/mountinfo")).stream()
        .filter(line -> line.contains(folder.toString()))
        .toList();
  }

  @Test
  void aFailedPinLeavesNothing() throws IOException {
    Path net = folder.resolve("net");
    Path ipc = folder.resolve("ipc");
    Path uts = folder.resolve("uts");
    assertThatThrownBy(() -> Namespaces.pinNew(net, ipc, uts, "x".repeat(100)))
        .isInstanceOf(LinuxException.class)
        .hasMessageStartingWith("sethostname");
    assertThat(mountsBelow(folder)).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aPinThatIsInTheWayIsKept() throws IOException {
    Path ipc = Files.writeString(folder.resolve("ipc"), "somebody's");
    assertThatThrownBy(
            () -> Namespaces.pinNew(folder.resolve("net"), ipc, folder.resolve("uts"), "x"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.readString(ipc)).isEqualTo("somebody's");
    assertThat(folder).isDirectoryNotContaining(file -> !file.equals(ipc));
  }

  @Test
  void failuresInsideComeOutAsTheyAre() {
    Path own = Path.of("/proc/self/ns/net");
    assertThatThrownBy(() ->
            Namespaces.runIn(
                own,
                () -> {
                  throw new LinuxException("try", "it", Errno.EBUSY);
                }))
        .isInstanceOf(LinuxException.class)
        .hasMessage("try it: EBUSY (16)");
    assertThatThrownBy(() ->
            Namespaces.callIn(
                own,
                () -> {
                  throw new IllegalStateException("broken");
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken");
    assertThatThrownBy(() -> Namespaces.callIn(folder.resolve("none"), () -> 1))
        .isInstanceOf(LinuxException.class)
        .hasMessage("openat " + folder + "/none: ENOENT (2)");
  }

  @Test
  void mountsAreMadeAndTakenAway() throws IOException {
    Path target = Files.createDirectory(folder.resolve("target"));
    Mounts.tmpfs(target, 1 << 20, 0755);
    try {
      Path lower = Files.createDirectory(target.resolve("lower,1"));
      Files.writeString(lower.resolve("file"), "below");
      Path upper = Files.createDirectory(target.resolve("upper"));
      Path work = Files.createDirectory(target.resolve("work"));
      Path view = Files.createDirectory(target.resolve("view"));
      Mounts.overlay(view, List.of(lower), upper, work);
      Files.writeString(view.resolve("file"), "above");
      assertThat(Files.readString(lower.resolve("file"))).isEqualTo("below");
      assertThat(Files.readString(upper.resolve("file"))).isEqualTo("above");
      Mounts.unmount(view);

      Path bound = Files.createDirectory(target.resolve("bound"));
      Mounts.bind(upper, bound);
      assertThat(Files.readString(bound.resolve("file"))).isEqualTo("above");
      Mounts.unmount(bound);

      Path node = target.resolve("null");
      Mounts.makeNode(node, 1, 3, 0666);
      Files.writeString(node, "gone");
      assertThat(Files.readString(node)).isEmpty();
      assertThat((int) Files.getAttribute(node, "unix:mode") & 0xfff).isEqualTo(0666);
    } finally {
      Mounts.unmount(target);
    }
    assertThat(mountsBelow(folder)).isEmpty();
    assertThatThrownBy(() -> Mounts.bind(folder.resolve("a"), folder.resolve("b")))
        .isInstanceOf(LinuxException.class)
        .hasMessage("mount " + folder + "/a on " + folder + "/b: ENOENT (2)");
  }
}
