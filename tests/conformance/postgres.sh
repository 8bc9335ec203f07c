#!/bin/sh
# needs: postgresql postgresql-client python3
#
# postgres.sh [BINARY [WORK [KILLS [SEED]]]]: the log in a real PostgreSQL, with several servers.
#
# Starts a PostgreSQL of its own in a temporary folder, on a Unix socket alone. The tests of the
# ledger run against it, where a build of them is at hand; then two `proviso serve` share a log in
# it, under load, while appenders are killed, paused and cut off and PostgreSQL is restarted; then
# the commands of docs/guides/several-servers.md run as they stand there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell/checks.sh"
begin "${1:-}" "${2:-}"
kills=${3:-4}
seed=${4:-$(date +%s)}

# Debian keeps the server's programs out of the path.
server=$(dirname "$(find /usr/lib/postgresql/*/bin/initdb /usr/local/bin/initdb \
  /usr/bin/initdb 2>/dev/null | tail -n 1)")
if [ ! -x "$server/initdb" ] || ! command -v psql >/dev/null; then
  echo "SKIPPED: install postgresql and postgresql-client"
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
end_all() {
  sh -c "$control stop" >/dev/null 2>&1 || true
  rm -rf "$base"
  end
}
trap end_all EXIT
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
  test=$source/build/dev/src/$test
  if [ ! -x "$test" ]; then
    echo "SKIPPED: no $test; ninja -C build/dev $(basename "$test") builds it"
    skipped=$((skipped + 1))
    continue
  fi
  check "$(basename "$test") with PostgreSQL" env PROVISO_TEST_POSTGRES="$(place tests)" "$test" \
    --gtest_brief=1 --gtest_filter='*postgresql*:Postgres*:SharedLog*:Mailbox*'
done

make_database servers
PROVISO_STORE=$(place servers)
PROVISO_RESTART_STORE="$control restart"
export PROVISO_STORE PROVISO_RESTART_STORE
python3 "$source/tests/end_to_end/several_servers.py" "$binary" "$source" "$work/servers" \
  "$kills" "$seed" 2>&1 | tee "$work/servers.out"
count "$work/servers.out"

make_database starting
PROVISO_STORE=$(place starting)
python3 "$source/tests/end_to_end/shared_start.py" "$binary" "$source" "$work/starting" 2>&1 |
  tee "$work/starting.out"
count "$work/starting.out"

# The guide's commands, with this server and this folder in the place of those it names.
make_guide() {
  awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' \
    "$source/docs/guides/several-servers.md" |
    sed -e "s,/srv/proviso,$work/guide,g" -e 's,127.0.0.1:8181,127.0.0.1:0,' \
      -e "s,postgresql://proviso@db.example.com/proviso,'$(place proviso)',g" \
      -e 's,^createuser proviso$,createuser -U proviso proviso_of_the_guide,' \
      -e 's,^createdb ,createdb -U proviso ,'
}
# As a program and no function, so that `$!` is the server itself, and no shell around it.
mkdir -p "$work/bin"
ln -sf "$binary" "$work/bin/proviso"
{
  echo 'set -eu'
  echo 'trap '\''[ -z "${!:-}" ] || { kill $! && wait $!; } || true'\'' EXIT'
  make_guide
} >"$work/guide.sh"
guide_holds() {
  (cd "$work" && PATH=$work/bin:$PATH PGHOST=$base sh guide.sh) >"$work/guide.out" 2>&1 || ended=$?
  cat "$work/guide.out"
  [ -z "${ended:-}" ] && grep -q 'the log holds' "$work/guide.out"
}
check "the guide's commands" guide_holds
# copied TABLE FILE: how many rows of the table are in what pg_dump wrote.
copied() {
  awk -v head="COPY public.$1 " \
    'index($0, head) == 1 { inside = 1; next } /^\\\.$/ { inside = 0 } inside' "$2" | wc -l
}
backup=$work/guide-backup/log.sql keys=$work/guide-keys/part-keys.sql
check "its backup has the log" [ "$(copied log_entry "$backup")" -gt 0 ]
check "  and no key of a part" [ "$(copied log_addendum_key "$backup")" -eq 0 ]
check "  which all lie apart" \
  [ "$(copied log_addendum_key "$keys")" -eq "$(copied log_addendum "$backup")" ]
make_database again
cat "$backup" "$keys" >"$work/again.sql"
check "both can be loaded" psql "$(place again)" -Xq -v ON_ERROR_STOP=1 -f "$work/again.sql"

# A database that has a log gets no other one, and who was refused can try again.
taken_is_refused() {
  ! "$binary" -C "$work/second" init --store "$(place again)" >"$work/said" 2>&1 || return 1
  cat "$work/said"
  grep -q 'has the log `.*` already; give an empty one' "$work/said" &&
    [ ! -e "$work/second" ] && [ ! -e "$work/second.keys" ]
}
check "a database that has a log is refused, and nothing is made" taken_is_refused
make_database empty
check "  and an empty one is taken" "$binary" -C "$work/second" init --store "$(place empty)"

# A server that may lose what it acknowledged gets no log.
make_database careless
careless="-c listen_addresses='' -c unix_socket_directories=$base -c fsync=off"
sh -c "$control -o \"$careless\" restart" >/dev/null
is_refused() {
  ! "$binary" -C "$work/careless" init --store "$(place careless)" >"$work/said" 2>&1 || return 1
  cat "$work/said"
  grep -q 'fsync off' "$work/said"
}
check "a server with fsync off is refused" is_refused
finish
