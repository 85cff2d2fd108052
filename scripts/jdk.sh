# SPDX-License-Identifier: Apache-2.0
# Sourced by ../understudy and ../build: sets JAVA_HOME to a JDK 25 or ends with one sentence.

is_jdk_25() {
  [ -x "$1/bin/javac" ] && grep -qs '^JAVA_VERSION="25["._]' "$1/release"
}

find_jdk_25() {
  for candidate in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" /usr/lib/jvm/*25* \
      "${SDKMAN_DIR:-${HOME:-/root}/.sdkman}"/candidates/java/25*; do
    if [ -n "$candidate" ] && is_jdk_25 "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return
    fi
  done
  echo "A JDK 25 is missing: run 'apt-get install openjdk-25-jdk', or unpack Temurin 25 and set JAVA_HOME." >&2
  exit 3
}

# Only one build at a time works in this folder; the lock ends with the process that holds fd 9.
lock_build() {
  mkdir -p "$root/target"
  exec 9> "$root/target/build.lock"
  if ! flock -n 9; then
    echo "another build is running here, waiting for it" >&2
    flock 9
  fi
}
