#!/bin/sh
# needs: python3
#
# trino.sh [BINARY [WORKDIR]]: a real Trino as docs/guides/opa.md sets it up, before a decision
# point that is killed, stopped, started without a table, and gets new tables. Trino comes once from
# its Maven artifact (821 MB, of which 90 are kept), pinned by sha256. The test is skipped without
# Maven, without a Java as new as Trino wants, or where the artifact cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=$(cd "$here/../.." && pwd)/build/trino_server
version=476
pin=cfd5accde17e8ebd251eeeb78aed1f490e77bb3a164d95a0f454bf8a7c1cbd3f
skip() {
  echo "SKIPPED: $1"
  exit 77
}

java=
found=$(command -v java || true)
for one in "${JAVA_HOME:-/nowhere}/bin/java" "$found" /usr/lib/jvm/*/bin/java; do
  [ -x "$one" ] || continue
  major=$("$one" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
  if [ "${major:-0}" -ge 24 ]; then
    java=$one
    break
  fi
done
[ -n "$java" ] || skip "Trino $version needs Java 24 or newer"

fetch() { # into the folder $1
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy \
    -Dartifact="io.trino:trino-server:$version:tar.gz" -DoutputDirectory="$1" \
    -Dmaven.repo.local="$1/repository" &&
    echo "$pin  $1/trino-server-$version.tar.gz" | sha256sum --check --quiet &&
    tar -xzf "$1/trino-server-$version.tar.gz" -C "$1" "trino-server-$version/lib" \
      "trino-server-$version/plugin/opa" "trino-server-$version/plugin/memory"
}
if [ "$(cat "$built/stamp" 2>/dev/null)" != "$pin" ]; then
  command -v mvn >/dev/null || skip "Trino comes by Maven, which is not here"
  rm -rf "$built"
  mkdir -p "$built"
  part=$(mktemp -d "$built/part.XXXXXX")
  if ! fetch "$part" >"$built/fetch.log" 2>&1; then
    tail -n 3 "$built/fetch.log"
    rm -rf "$part"
    skip "no io.trino:trino-server:$version, as it is pinned, can be had"
  fi
  mv "$part/trino-server-$version/lib" "$part/trino-server-$version/plugin" "$built"
  rm -rf "$part"
  echo "$pin" >"$built/stamp"
fi
export PROVISO_TRINO="$built" PROVISO_TRINO_JAVA="$java"
exec sh "$here/gateways/run.sh" trino_gateway.py "" "$@"
