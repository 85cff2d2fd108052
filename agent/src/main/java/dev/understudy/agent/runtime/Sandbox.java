// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything on one node that surrounds the copies of one workload and outlives each of them:
 * namespaces with an address behind the gate, a memory cgroup, somewhere for output. Copies come
 * and go in it. Either the agent made it, or it is a Pod that the kubelet made.
 */
public sealed interface Sandbox extends AutoCloseable permits OwnSandbox, PodSandbox {
  /** What it is for. */
  SandboxSpec spec();

  /** Where things lie on this node. */
  SandboxPlaces places();

  /** The arguments that start a program inside its network, IPC and UTS namespaces. */
  List<String> enter() throws IOException;

  /**
   * What CRIU has to be told at a dump about the mounts of a copy (criu(8), {@code --external}).
   *
   * @throws IOException also when something of it would be lost
   */
  List<String> dumpMounts(Copy copy) throws IOException;

  /** CRIU's keys of the pipes that lead to the log, as far as a process of the copy has them. */
  List<String> logPipes(Copy copy) throws IOException;

  /**
   * Lays out files for one new copy.
   *
   * @param upperArchive tar of what the copy had changed; empty for a cold start
   * @param shmArchive tar of its shared memory files
   */
  RootFiles newFiles(Optional<Path> upperArchive, Optional<Path> shmArchive) throws IOException;

  /** Makes the cgroup of the copy with these files, with room for what brings it to life. */
  Cgroup newGroup(RootFiles files) throws IOException;

  /**
   * Leaves it what the workload may use, and no more.
   *
   * @throws IOException when it has more than that already
   */
  void settle(Cgroup group) throws IOException;

  /**
   * The arguments that start CRIU so that what it restores belongs here.
   *
   * @param root an empty folder, which becomes a mount point as CRIU wants its root to be
   */
  List<String> restoreFrom(Cgroup group, RootFiles files, Path root) throws IOException;

  /** What CRIU has to be told at a restore about mounts and the pipes of {@link #logPipes}. */
  List<String> restoreMounts(RootFiles files, List<String> logPipes) throws IOException;

  /** What CRIU has as standard output while it restores. */
  Path restoreOutput();

  /**
   * The process ID of a restored root, in the agent's PID namespace.
   *
   * @param told what CRIU calls it
   */
  int rootPid(int told, Cgroup group) throws IOException;

  /** What is to be done when a held copy was woken, soon but off the way of the failover. */
  void woken(Copy copy) throws IOException;

  /** The last lines that the workload has printed, as far as the agent sees them. */
  List<String> lastLines();

  /** What is said of the end of a copy: also that it was the memory limit, if it was. */
  String ending(RootFiles files, String plain);

  /** Kills what is left of a copy that never came to life, and removes its files. */
  void discardFiles(RootFiles files) throws IOException;

  /**
   * Kills a copy and removes its files.
   *
   * @throws IOException when it does not die within 5 s, or something stays mounted
   */
  void discard(Copy copy) throws IOException;

  /** Ends what the agent has brought to life in it, and takes away what the agent has made. */
  @Override
  void close() throws IOException;
}
