#!/bin/sh
# needs: maven openjdk-17-jdk-headless python3
#
# kafka.sh [BINARY [WORKDIR]]: real brokers of Apache Kafka with the authorizer that asks an OPA, as
# docs/guides/kafka.md sets them up, and a decision point that is killed, stopped, slow, started
# again, and gets new tables under load. Customers use Kafka's own clients. All of it comes by
# Maven, once, in the versions of kafka_server/pom.xml; the test is skipped where there is no JDK
# as new as Kafka wants, or they cannot be had.
here=$(cd "$(dirname "$0")" && pwd)
built=$(cd "$here/../.." && pwd)/build/kafka
ours=$here/kafka_server
copy=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies
wanted() { cat "$ours/pom.xml" "$ours/KafkaDeeds.java"; }
build() {
  rm -rf "$built"
  mkdir -p "$built"
  mvn -q -B -f "$ours/pom.xml" "$copy" -DoutputDirectory="$built/lib" &&
    javac --release 17 -proc:none -cp "$built/lib/*" -d "$built/classes" "$ours/KafkaDeeds.java"
}
if ! wanted | cmp -s - "$built/stamp"; then
  log=$(mktemp)
  if command -v mvn >/dev/null && command -v javac >/dev/null && build >"$log" 2>&1; then
    wanted >"$built/stamp"
    rm "$log"
  else
    echo "SKIPPED: Kafka needs Maven, a JDK 17 or later, and what kafka_server/pom.xml names:"
    tail -n 3 "$log" | sed 's/^/  /'
    rm -rf "$built" "$log"
    exit 77
  fi
fi
export PROVISO_KAFKA="$built"
exec sh "$here/gateways/run.sh" kafka_gateway.py java "$@"
