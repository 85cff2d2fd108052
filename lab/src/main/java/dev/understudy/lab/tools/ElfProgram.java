// SPDX-License-Identifier: Apache-2.0
package dev.understudy.lab.tools;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives a dynamically linked x86-64 program another loader and a library path, elf(5).
 *
 * <p>Nothing that is in the file moves. One page-aligned segment is appended that holds the new
 * loader's path and a longer string table; its program header takes the place of one that nobody
 * needs (a property or a note), and DT_RPATH takes one of the spare entries that linkers leave at
 * the end of the dynamic section. The tool patchelf instead moves sections in front of the program,
 * and its version 0.18 so breaks programs with a fixed address, as Python is in Debian.
 */
final class ElfProgram {
  private static final int HEADER_SIZE = 56;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_INTERP = 3;
  private static final int PT_NOTE = 4;
  private static final int PT_GNU_PROPERTY = 0x6474e553;
  private static final int PF_R = 4;
  private static final long DT_NULL = 0;
  private static final long DT_STRTAB = 5;
  private static final long DT_STRSZ = 10;
  private static final long DT_RPATH = 15;
  private static final long DT_RUNPATH = 29;
  private static final int EM_X86_64 = 62;
  private static final long PAGE = 4096;

  private final Path file;
  private final ByteBuffer elf;
  private final int tableStart;
  private final int headers;

  private ElfProgram(Path file, byte[] content) throws ToolsException {
    this.file = file;
    this.elf = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = {0x7f, 'E', 'L', 'F', 2, 1};
    if (content.length < 64
        || !Arrays.equals(magic, Arrays.copyOf(content, magic.length))
        || elf.getShort(18) != EM_X86_64
        || elf.getShort(54) != HEADER_SIZE) {
      throw unusable("it is no x86-64 program");
    }
    this.tableStart = Math.toIntExact(elf.getLong(32));
    this.headers = elf.getShort(56);
  }

  /** One program header, by its place in the file. */
  private record Header(ByteBuffer elf, int at) {
    int type() {
      return elf.getInt(at);
    }

    long offset() {
      return elf.getLong(at + 8);
    }

    long address() {
      return elf.getLong(at + 16);
    }

    long fileSize() {
      return elf.getLong(at + 32);
    }

    long memorySize() {
      return elf.getLong(at + 40);
    }

    void set(long offset, long address, long size) {
      elf.putLong(at + 8, offset).putLong(at + 16, address).putLong(at + 24, address);
      elf.putLong(at + 32, size).putLong(at + 40, size);
    }

    void become(int type, int flags, long align) {
      elf.putInt(at, type).putInt(at + 4, flags).putLong(at + 48, align);
    }
  }

  /**
   * Rewrites a program in place so that it starts with that loader and searches that folder.
   *
   * @return false for a static program, which needs neither and stays as it is
   */
  static boolean relink(Path program, Path loader, Path libraries)
      throws ToolsException, IOException {
    byte[] content = Files.readAllBytes(program);
    ElfProgram elf = new ElfProgram(program, content);
    if (elf.find(PT_INTERP) == null && elf.find(PT_DYNAMIC) == null) {
      return false;
    }
    byte[] appended = elf.change(loader.toString(), libraries.toString());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(content);
    out.write(new byte[Math.toIntExact(aligned(content.length) - content.length)]);
    out.write(appended);
    Files.write(program, out.toByteArray());
    return true;
  }

  /** Changes the headers and returns what has to follow the present content, page-aligned. */
  private byte[] change(String loader, String libraries) throws ToolsException {
    Header dynamic = required(PT_DYNAMIC, "it is not dynamically linked");
    Header interpreter = required(PT_INTERP, "it names no loader");
    Header property = find(PT_GNU_PROPERTY);
    Header spare =
        property == null ? required(PT_NOTE, "it has no program header to spare") : property;
    byte[] loaderText = terminated(loader);
    byte[] strings = strings(dynamic);
    byte[] searched = terminated(libraries);
    byte[] appended = new byte[loaderText.length + strings.length + searched.length];
    ByteBuffer.wrap(appended).put(loaderText).put(strings).put(searched);

    long offset = aligned(elf.capacity());
    long address = aligned(endOfMemory());
    interpreter.set(offset, address, loaderText.length);
    spare.become(PT_LOAD, PF_R, PAGE);
    spare.set(offset, address, appended.length);
    int table = entry(dynamic, DT_STRTAB);
    elf.putLong(table + 8, address + loaderText.length);
    elf.putLong(entry(dynamic, DT_STRSZ) + 8, (long) strings.length + searched.length);
    int path = pathEntry(dynamic);
    elf.putLong(path, DT_RPATH).putLong(path + 8, strings.length);
    return appended;
  }

  /** The present string table, found by its address in memory. */
  private byte[] strings(Header dynamic) throws ToolsException {
    long address = elf.getLong(entry(dynamic, DT_STRTAB) + 8);
    int length = Math.toIntExact(elf.getLong(entry(dynamic, DT_STRSZ) + 8));
    for (int i = 0; i < headers; i++) {
      Header header = header(i);
      long within = address - header.address();
      if (header.type() == PT_LOAD && within >= 0 && within + length <= header.fileSize()) {
        int start = Math.toIntExact(header.offset() + within);
        return Arrays.copyOfRange(elf.array(), start, start + length);
      }
    }
    throw unusable("its string table is outside of its segments");
  }

  /** Where the library path goes: over the present one, else into a spare entry at the end. */
  private int pathEntry(Header dynamic) throws ToolsException {
    int end = Math.toIntExact(dynamic.offset() + dynamic.fileSize());
    for (int at = Math.toIntExact(dynamic.offset()); at + 16 <= end; at += 16) {
      long tag = elf.getLong(at);
      boolean spare = tag == DT_NULL && at + 32 <= end && elf.getLong(at + 16) == DT_NULL;
      if (tag == DT_RPATH || tag == DT_RUNPATH || spare) {
        return at;
      }
    }
    throw unusable("its dynamic section has no spare entry");
  }

  private int entry(Header dynamic, long tag) throws ToolsException {
    int end = Math.toIntExact(dynamic.offset() + dynamic.fileSize());
    for (int at = Math.toIntExact(dynamic.offset()); at + 16 <= end; at += 16) {
      if (elf.getLong(at) == tag) {
        return at;
      }
    }
    throw unusable("its dynamic section has no entry " + tag);
  }

  private long endOfMemory() {
    long end = 0;
    for (int i = 0; i < headers; i++) {
      if (header(i).type() == PT_LOAD) {
        end = Math.max(end, header(i).address() + header(i).memorySize());
      }
    }
    return end;
  }

  private Header required(int type, String otherwise) throws ToolsException {
    Header header = find(type);
    if (header == null) {
      throw unusable(otherwise);
    }
    return header;
  }

  private @Nullable Header find(int type) {
    for (int i = 0; i < headers; i++) {
      if (header(i).type() == type) {
        return header(i);
      }
    }
    return null;
  }

  private Header header(int index) {
    return new Header(elf, tableStart + index * HEADER_SIZE);
  }

  private ToolsException unusable(String why) {
    return new ToolsException(
        file.getFileName() + " cannot get another loader: " + why + "; report this version of it");
  }

  private static byte[] terminated(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private static long aligned(long value) {
    return (value + PAGE - 1) / PAGE * PAGE;
  }
}
