# Sourced by ./mvnw and ./gatun: sets JAVA_HOME to a JDK 25, or says how to get one and exits with 1.
# Order: GATUN_JAVA_HOME, JAVA_HOME, the java on PATH, JAVA_HOME_25*, then the places installers use.

gatun_is_jdk25() {
  [ -n "$1" ] && [ -x "$1/bin/javac" ] && [ -f "$1/release" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release"
}

gatun_find_jdk() {
  on_path=$(command -v javac 2>/dev/null || true)
  if [ -n "$on_path" ]; then
    on_path=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
    on_path=${on_path%/bin/javac}
  fi
  for home in "${GATUN_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" \
      "${JAVA_HOME_25:-}" "${JAVA_HOME_25_X64:-}" "${JAVA_HOME_25_ARM64:-}" \
      /usr/lib/jvm/* /usr/java/* /usr/local/java/* /opt/java/* /opt/jdk* \
      "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.m2/jdks/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if gatun_is_jdk25 "$home"; then
      JAVA_HOME=$home
      export JAVA_HOME
      return 0
    fi
  done
  echo "gatun: no JDK 25 found (looked at JAVA_HOME, PATH and the usual folders): install Eclipse Temurin 25, for example 'apt-get install temurin-25-jdk' or 'sdk install java 25-tem', or set JAVA_HOME to one" >&2
  exit 1
}
