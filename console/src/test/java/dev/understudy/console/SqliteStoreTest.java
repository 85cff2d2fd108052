// SPDX-License-Identifier: Apache-2.0
package dev.understudy.console;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends RecordStoreContract {
  @TempDir Path folder;

  @Override
  DatabaseAddress address() {
    return DatabaseAddress.parse(folder.resolve("new/records.db").toString());
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedWithOneSentence() throws Exception {
    Path file = Files.writeString(folder.resolve("text"), "no database at all, ".repeat(100));
    assertThatThrownBy(() -> RecordStore.open(new DatabaseAddress.Sqlite(file)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("not a database");
  }
}
