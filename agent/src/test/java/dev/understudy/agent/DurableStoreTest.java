// SPDX-License-Identifier: Apache-2.0
package dev.understudy.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.core.protocol.DurableState;
import dev.understudy.core.protocol.Epoch;
import dev.understudy.core.protocol.Membership;
import dev.understudy.core.protocol.Membership.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableStoreTest {
  @TempDir Path folder;

  private DurableState writtenAndRead(DurableState state) throws IOException {
    DurableStore store = new DurableStore(folder.resolve("protocol"));
    store.save(state);
    return store.load(true);
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    DurableState state = new DurableState(3, 4_000, 30_030_000);
    assertThat(writtenAndRead(state)).isEqualTo(state);
    assertThat(Files.size(folder.resolve("protocol"))).isEqualTo(32);
  }

  @Test
  @Tag("FO-45")
  @Tag("FO-46")
  void votersAndTheLossOfADiskAreKept() throws IOException {
    TreeMap<String, Membership> memberships = new TreeMap<>();
    Epoch epoch = new Epoch(7, "a");
    List<Member> members = List.of(new Member("a", 0), new Member("b", 1_770_000_000));
    memberships.put("counter", new Membership(epoch, 2, members, List.of(new Member("a", 0))));
    memberships.put("shop", new Membership(epoch, 3, members, List.of()));
    DurableState state = new DurableState(3, 4_000, 30_030_000, 2, memberships);
    assertThat(writtenAndRead(state)).isEqualTo(state);
    DurableState lost = DurableState.lost(1_770_000_000).nextStart(30_030_000);
    assertThat(writtenAndRead(lost)).isEqualTo(lost);
  }

  @Test
  @Tag("FO-46")
  void missingFileIsANewNodeOrOneThatLostItsDisk() throws IOException {
    DurableStore store = new DurableStore(folder.resolve("protocol"));
    assertThat(store.load(false)).isEqualTo(DurableState.NEW);
    DurableState lost = store.load(true);
    assertThat(lost.lostAt()).isEqualTo(lost.incarnation() + 1).isGreaterThan(1_700_000_000);
  }

  @Test
  void damagedFileIsRefused() throws IOException {
    writtenAndRead(new DurableState(3, 4_000, 30_030_000));
    Path file = folder.resolve("protocol");
    byte[] bytes = Files.readAllBytes(file);
    bytes[20] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> new DurableStore(file).load(false)).hasMessageContaining("is damaged");
    Files.write(file, new byte[31]);
    assertThatThrownBy(() -> new DurableStore(file).load(false)).hasMessageContaining("is damaged");
  }
}
