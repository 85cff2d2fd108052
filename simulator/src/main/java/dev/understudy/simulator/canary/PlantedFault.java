// SPDX-License-Identifier: Apache-2.0
package dev.understudy.simulator.canary;

import dev.understudy.core.protocol.FailoverNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The protocol with a fault: its changed sources, compiled in memory, in a class loader that has
 * core and simulator for itself.
 */
final class PlantedFault {
  private static final String CORE = "dev.understudy.core.";
  private static final String SIMULATOR = "dev.understudy.simulator.";

  /** Where the build puts core's sources. */
  private static final String SOURCES = "core/dev/understudy/core/";

  /** The protocol's own claims would often end an agent before anything goes wrong outside. */
  private static final Patch NO_CLAIMS = Patch.of("Invariant", "if (!condition) {", "if (false) {");

  private PlantedFault() {}

  /**
   * What runs a seed with that fault, see {@link SeedRun}.
   *
   * @throws StaleCanaryException when the sources have moved on
   */
  static Function<List<String>, String> plant(Canary canary) throws StaleCanaryException {
    Map<String, String> sources = new TreeMap<>();
    List<Patch> patches = new ArrayList<>(canary.patches());
    patches.add(NO_CLAIMS);
    for (Patch patch : patches) {
      String source = sources.get(patch.file());
      String before = source == null ? source(patch.file()) : source;
      sources.put(patch.file(), patch.apply(before, canary.name()));
    }
    return new Loader(compile(canary, sources)).seedRun();
  }

  private static String source(String file) throws StaleCanaryException {
    try (InputStream in = PlantedFault.class.getResourceAsStream(SOURCES + file + ".java")) {
      if (in == null) {
        throw new StaleCanaryException("the sources of core have no " + file + ".java");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read the source of " + file, e);
    }
  }

  private static Map<String, byte[]> compile(Canary canary, Map<String, String> sources)
      throws StaleCanaryException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("canaries need a JDK; this is a JRE without a compiler");
    }
    StringWriter complaints = new StringWriter();
    try (MemoryFiles files =
        new MemoryFiles(compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8))) {
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  files,
                  null,
                  List.of("-proc:none", "-nowarn", "-cp", classPath()),
                  null,
                  sources.entrySet().stream()
                      .map(e -> new Source(e.getKey(), e.getValue()))
                      .toList())
              .call();
      if (!compiled) {
        throw new StaleCanaryException(
            "canary " + canary.name() + " does not compile any more:\n" + complaints);
      }
      return files.classes();
    } catch (IOException e) {
      throw new IllegalStateException("cannot compile canary " + canary.name(), e);
    }
  }

  /** Where core's classes are; the unchanged ones are compiled against. */
  private static String classPath() {
    try {
      URI place = FailoverNode.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(place).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("core was loaded from no place that can be named", e);
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("string:///dev/understudy/core/" + file + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Keeps what the compiler writes. */
  private static final class MemoryFiles extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written = new HashMap<>();

    MemoryFiles(JavaFileManager standard) {
      super(standard);
    }

    Map<String, byte[]> classes() {
      Map<String, byte[]> classes = new HashMap<>();
      written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
      return classes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(
          URI.create("memory:///" + name.replace('.', '/') + kind.extension), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          written.put(name, bytes);
          return bytes;
        }
      };
    }
  }

  /** Core and simulator once more, the changed classes among them; all else is its parent's. */
  private static final class Loader extends ClassLoader {
    private final Map<String, byte[]> changed;

    Loader(Map<String, byte[]> changed) {
      super(PlantedFault.class.getClassLoader());
      this.changed = changed;
    }

    @SuppressWarnings("unchecked") // The interface is the contract of SeedRun.
    Function<List<String>, String> seedRun() {
      try {
        return (Function<List<String>, String>)
            loadClass(SeedRun.class.getName()).getConstructor().newInstance();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot load the simulator once more", e);
      }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(CORE) && !name.startsWith(SIMULATOR)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] bytes = changed.get(name);
      if (bytes == null) {
        bytes = unchanged(name);
      }
      return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] unchanged(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = getParent().getResourceAsStream(file)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
