// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.kubernetes.image;

import dev.understudy.lab.tools.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The image of the example program count: the program, Python with its standard library, and the
 * four libraries that Python needs. No shell, no package manager, no root.
 */
public final class CountImage {
  /** What it is called in manifests. */
  public static final String NAME = "lab.local/count:1";

  /** Where Python is in it. */
  public static final String PYTHON = "/usr/bin/python3.13";

  private static final String LIBRARIES = "usr/lib/x86_64-linux-gnu/";
  private static final List<String> NEEDED =
      List.of("libc.so.6", "libexpat.so.1", "libm.so.6", "libz.so.1");
  private static final String LOADER = "ld-linux-x86-64.so.2";

  private CountImage() {}

  /**
   * Packs it.
   *
   * @param tools with Python
   * @param program the file count.py
   * @param archive the file to write
   */
  public static void write(Tools tools, Path program, Path archive) throws IOException {
    Map<String, Path> files = python(tools);
    files.put("app/count.py", program);
    new ContainerImage(
            NAME, List.of(PYTHON, "-S", "-B", "/app/count.py"), List.of(), "1000:1000", files)
        .write(archive);
  }

  /** Python as {@link #PYTHON}, with all that it needs, by path without the slash in front. */
  public static Map<String, Path> python(Tools tools) throws IOException {
    Path root = tools.rootFolder();
    Map<String, Path> files = new HashMap<>();
    // As it came in its package: the copy for labs names a loader that no container has.
    files.put("usr/bin/python3.13", root.resolve("usr/bin/python3.13"));
    files.put("usr/lib/python3.13", root.resolve("usr/lib/python3.13"));
    files.put("lib64/" + LOADER, real(root, LOADER));
    for (String library : NEEDED) {
      files.put(LIBRARIES + library, real(root, library));
    }
    return files;
  }

  private static Path real(Path root, String library) throws IOException {
    Path found = root.resolve(LIBRARIES + library).toRealPath();
    if (!Files.isRegularFile(found)) {
      throw new IOException(found + " is no library");
    }
    return found;
  }
}
