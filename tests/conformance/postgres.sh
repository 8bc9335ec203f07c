#!/bin/sh
# needs: postgresql postgresql-client python3
#
# postgres.sh [BINARY [WORK [KILLS [SEED]]]]: the log in a real PostgreSQL, with several servers.
#
# Starts a PostgreSQL of its own in a temporary folder, on a Unix socket alone. The tests of the
# ledger run against it, where a build of them is at hand; then two `proviso serve` share a log in
# it, under load, while appenders are killed, paused and cut off and PostgreSQL is restarted; then
# the commands of docs/guides/several-servers.md run as they stand there. Two servers under load
# are tried where KILLS is given (50, say): TODO(#4), on a slow machine some of its checks fail.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
binary=${1:-${PROVISO_BINARY:-$root/build/release/proviso}}
work=${2:-$(mktemp -d)}
kills=${3:-0}
seed=${4:-$(date +%s)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
case $binary in /*) ;; *) binary=$(pwd)/$binary ;; esac
passed=0 failed=0

# Debian keeps the server's programs out of the path.
server=$(dirname "$(find /usr/lib/postgresql/*/bin/initdb /usr/local/bin/initdb \
  /usr/bin/initdb 2>/dev/null | tail -n 1)")
if [ ! -x "$server/initdb" ] || ! command -v psql >/dev/null; then
  echo "SKIPPED: install postgresql and postgresql-client"
  exit 77
fi
if [ ! -x "$binary" ]; then
  echo "SKIPPED: no program at $binary; ./run build makes it"
  exit 77
fi

# The server refuses to run as root. Its folder is short, since a socket's path may not be long.
base=$(mktemp -d /tmp/proviso-postgres.XXXXXX)
as=
if [ "$(id -u)" -eq 0 ]; then
  chown nobody "$base"
  as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
control="cd $base && $as env HOME=$base $server/pg_ctl -D $base/data -l $base/log -m fast -w"
end() {
  sh -c "$control stop" >/dev/null 2>&1 || true
  rm -rf "$base"
  [ -n "${2:-}" ] || [ "${keep:-}" ] || rm -rf "$work"
}
[ $# -ge 2 ] && keep=1 || keep=
trap end EXIT
trap 'exit 130' INT TERM
(cd "$base" && $as env HOME="$base" "$server/initdb" -D "$base/data" -U proviso --auth=trust \
  --encoding=UTF8 --locale=C --data-checksums >/dev/null)
sh -c "$control -o \"-c listen_addresses='' -c unix_socket_directories=$base\" start" >/dev/null
place() { echo "postgresql://proviso@/$1?host=$base"; }
make_database() { psql "$(place postgres)" -Xqc "CREATE DATABASE $1"; }
"$server/postgres" --version

count() { # count FILE: adds the closing line of a script; one that broke off counts as failed
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$1" | tail -n 1)
  # shellcheck disable=SC2046
  set -- $(printf '%s' "${line:-0 passed, 1 failed}" | tr -c '0-9' ' ')
  passed=$((passed + $1)) failed=$((failed + $2))
}

# The tests that run against every store, and those of PostgreSQL alone.
make_database tests
for test in io/proviso_io_test ledger/proviso_ledger_test; do
  test=$root/build/dev/src/$test
  if [ ! -x "$test" ]; then
    echo "SKIPPED: no $test; ninja -C build/dev $(basename "$test") builds it"
    continue
  fi
  if PROVISO_TEST_POSTGRES=$(place tests) "$test" --gtest_brief=1 \
    --gtest_filter='*postgresql*:Postgres*:SharedLog*:Mailbox*'; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done

make_database servers
PROVISO_STORE=$(place servers)
PROVISO_RESTART_STORE="$control restart"
export PROVISO_STORE PROVISO_RESTART_STORE
if [ "$kills" -gt 0 ]; then
  python3 "$root/tests/end_to_end/several_servers.py" "$binary" "$root" "$work/servers" "$kills" \
    "$seed" 2>&1 | tee "$work/servers.out"
  count "$work/servers.out"
else
  echo "SKIPPED: two servers under load: sh tests/conformance/postgres.sh '' '' 50 runs them"
fi

# The guide's commands, with this server and this folder in the place of those it names.
make_guide() {
  awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' \
    "$root/docs/guides/several-servers.md" |
    sed -e "s,/srv/proviso,$work/guide,g" -e 's,127.0.0.1:8181,127.0.0.1:0,' \
      -e "s,postgresql://proviso@db.example.com/proviso,'$(place proviso)',g" \
      -e 's,^createuser proviso$,createuser -U proviso proviso_of_the_guide,' \
      -e 's,^createdb ,createdb -U proviso ,'
}
{
  echo 'set -eu'
  echo 'proviso() { "$binary" "$@"; }'
  make_guide
  echo 'kill $!'
  echo 'wait $! || true'
} >"$work/guide.sh"
if (cd "$work" && binary=$binary PGHOST=$base sh guide.sh >guide.out 2>&1) &&
  grep -q 'the log holds' "$work/guide.out"; then
  passed=$((passed + 1))
else
  failed=$((failed + 1))
  echo "FAIL the guide's commands"
  cat "$work/guide.out"
fi

# A server that may lose what it acknowledged gets no log.
make_database careless
careless="-c listen_addresses='' -c unix_socket_directories=$base -c fsync=off"
sh -c "$control -o \"$careless\" restart" >/dev/null
if "$binary" -C "$work/careless" init --store "$(place careless)" >"$work/careless.out" 2>&1 ||
  ! grep -q 'fsync off' "$work/careless.out"; then
  failed=$((failed + 1))
  echo "FAIL a server with fsync off was accepted"
  cat "$work/careless.out"
else
  passed=$((passed + 1))
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
