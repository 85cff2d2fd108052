// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The Debian mirror that packages come from.
 *
 * @param uri as in a sources list, without a slash at the end
 * @param origin says in words where the address was found
 */
record PackageSource(String uri, String origin) {
  static final String PUBLIC = "http://deb.debian.org/debian";

  /**
   * {@code UNDERSTUDY_DEBIAN_MIRROR}, else the mirror that the host's own apt uses, else the public
   * one. Third-party and security archives of the host are not mirrors: what counts is a path that
   * ends in {@code /debian}.
   */
  static PackageSource ofHost(Path etcApt, Map<String, String> environment) throws ToolsException {
    String own = environment.getOrDefault("UNDERSTUDY_DEBIAN_MIRROR", "");
    if (!own.isEmpty()) {
      return new PackageSource(trimmed(own), "UNDERSTUDY_DEBIAN_MIRROR");
    }
    List<Path> files = new ArrayList<>(List.of(etcApt.resolve("sources.list")));
    Path parts = etcApt.resolve("sources.list.d");
    try {
      if (Files.isDirectory(parts)) {
        try (Stream<Path> listed = Files.list(parts)) {
          listed.sorted().forEach(files::add);
        }
      }
      for (Path file : files) {
        String name = file.toString();
        if (Files.isRegularFile(file) && (name.endsWith(".list") || name.endsWith(".sources"))) {
          String text = Files.readString(file);
          for (String uri : name.endsWith(".list") ? ofList(text) : ofDeb822(text)) {
            if (isDebian(uri)) {
              return new PackageSource(trimmed(uri), name);
            }
          }
        }
      }
    } catch (IOException e) {
      throw new ToolsException(
          "reading apt's sources failed: " + e.getMessage() + "; set UNDERSTUDY_DEBIAN_MIRROR", e);
    }
    return new PackageSource(PUBLIC, "no Debian mirror in " + etcApt + ", so the public one");
  }

  /** The addresses of a one-line-style list, sources.list(5). */
  static List<String> ofList(String text) {
    List<String> uris = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String entry = line.replaceFirst("#.*", "").replaceFirst("\\[[^]]*]", " ").strip();
      String[] words = entry.split("\\s+", -1);
      if (words[0].equals("deb") && words.length > 2) {
        uris.add(words[1]);
      }
    }
    return uris;
  }

  /** The addresses of enabled stanzas in deb822 style, sources.list(5). */
  static List<String> ofDeb822(String text) {
    List<String> uris = new ArrayList<>();
    for (String stanza : text.replaceAll("(?m)^#.*\\n?", "").split("\\n\\s*\\n", -1)) {
      String unfolded = stanza.replaceAll("\\n[ \\t]+", " ");
      String enabled = field(unfolded, "Enabled");
      boolean off = List.of("no", "false", "without", "off", "disable").contains(enabled);
      if (!off && Arrays.asList(field(unfolded, "Types").split("\\s+", -1)).contains("deb")) {
        uris.addAll(Arrays.asList(field(unfolded, "URIs").split("\\s+", -1)));
      }
    }
    return uris;
  }

  private static String field(String stanza, String name) {
    for (String line : stanza.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).strip().equalsIgnoreCase(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return "";
  }

  private static boolean isDebian(String uri) {
    return uri.matches("https?://.*") && trimmed(uri).endsWith("/debian");
  }

  private static String trimmed(String uri) {
    return uri.replaceFirst("/+$", "");
  }
}
