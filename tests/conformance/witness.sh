#!/bin/sh
# needs: golang-go golang-golang-x-mod-dev openssh-client python3
#
# witness.sh [BINARY [WORKDIR]]: do our cosignatures hold for others, and theirs for us?
#
# go/witnessclient.go, a log that knows only the note and tlog packages of Go's checksum database,
# asks `proviso log witness`. Then litewitness (filippo.io/torchwood, pinned in litewitness/go.sum),
# which is not ours, cosigns our checkpoints; go/cosigncheck.go and `proviso log verify --policy`
# both look at what it signed. An older copy of the data directory is put back, and written on.
# litewitness needs Go 1.24 or later and its modules; without them its half is skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell/checks.sh"
need_debian_go
begin "$@"

# says CODE WORDS COMMAND...: the command ends with that code, and says those words.
says() {
  code=$1 words=$2
  shift 2
  ended=0
  "$@" >"$work/said" 2>&1 || ended=$?
  cat "$work/said"
  [ "$ended" = "$code" ] && grep -qF -e "$words" "$work/said"
}
free_port() {
  python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}
# listens PORT: waits until somebody does.
listens() {
  python3 - "$1" <<'PYTHON'
import socket, sys, time
for _ in range(600):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()
        sys.exit(0)
    except OSError:
        time.sleep(0.05)
sys.exit(1)
PYTHON
}

build_go witnessclient
build_go cosigncheck

# ---- a log that is not ours, and our witness ----

key=$("$work/witnessclient" -key witness.sh)
ours=$("$binary" --json log witness --new-key "$work/ours.key" --state "$work/ours.json" \
  --name witness.example.org/ours | member vkey)
port=$(free_port)
"$binary" log witness --key "$work/ours.key" --state "$work/ours.json" --log "$key" \
  --listen "127.0.0.1:$port" >"$work/ours.log" 2>&1 &
pids="$pids $!"
listens "$port"
check "a log of Go's tlog is cosigned by our witness" \
  "$work/witnessclient" -key witness.sh "http://127.0.0.1:$port/" "$ours"

# ---- our log, and a witness that is not ours ----

go=$(command -v go || true)
build_lite() {
  (cd "$here/litewitness" && GOTOOLCHAIN=local GOFLAGS=-buildvcs=false "$go" build -mod=readonly \
    -o "$work/litewitness" filippo.io/torchwood/cmd/litewitness) >"$work/build.log" 2>&1
}
if [ -z "$go" ] || ! build_lite; then
  echo "SKIPPED: litewitness needs Go 1.24 or later and the modules of litewitness/go.sum:"
  tail -n 3 "$work/build.log" | sed 's/^/  /'
  skipped=$((skipped + 1))
  finish
fi

umask 077
ssh-keygen -q -t ed25519 -N '' -C litewitness -f "$work/lite.key"
fingerprint=$(ssh-keygen -l -E sha256 -f "$work/lite.key.pub" | cut -d ' ' -f 2)
# A socket's path may have about 100 characters.
sockets=$(mktemp -d)
ssh-agent -D -a "$sockets/agent" >/dev/null 2>&1 &
agent=$!
pids="$pids $agent"
for _ in $(seq 100); do [ -S "$sockets/agent" ] && break || sleep 0.05; done
SSH_AUTH_SOCK="$sockets/agent" ssh-add -q "$work/lite.key"
lite_port=$(free_port)
start_lite() {
  "$work/litewitness" -ssh-agent "$sockets/agent" -key "$fingerprint" -name lite.example.org/w \
    -db "$work/lite.db" -listen "127.0.0.1:$lite_port" >>"$work/lite.log" 2>&1 &
  lite=$!
  pids="$pids $lite"
  listens "$lite_port"
}
start_lite
lite_key=$(sed -n 's/.*vkey=\([^ ]*\).*/\1/p' "$work/lite.log" | tail -n 1)

data=$work/data
proviso() { "$binary" -C "$data" "$@"; }
append() { proviso import customers "$source/examples/customers.yaml" >/dev/null; }
vkey=$(proviso --json init | member vkey)
for kind in catalogue terms customers; do
  proviso import $kind "$source/examples/$kind.yaml" >/dev/null
done
printf 'log %s\nwitness lite %s http://127.0.0.1:%s/\nquorum lite\n' \
  "$vkey" "$lite_key" "$lite_port" >"$work/policy.txt"
proviso log cosign --set-policy "$work/policy.txt" >/dev/null

check "a witness that does not know the log is reported" \
  says 1 "it does not serve this log" proviso log cosign
# What its witnessctl does: the log's origin, and its key.
python3 - "$work/lite.db" "$vkey" <<'PYTHON'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
origin = sys.argv[2].split("+")[0]
empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
database.execute("INSERT INTO log VALUES (?, 0, ?)", (origin, empty))
database.execute("INSERT INTO key VALUES (?, ?)", (origin, sys.argv[2]))
database.commit()
PYTHON

checkpoint=$data/log/checkpoint
by_go() { "$work/cosigncheck" "$checkpoint" "$vkey" "$lite_key"; }
by_us() { proviso log verify --policy "$work/policy.txt"; }
folder() { "$binary" log verify --log "$data/log" --policy "$work/policy.txt"; }
check "litewitness cosigns the checkpoint" proviso log cosign
check "  and it holds for Go" by_go
check "  and it holds for us" by_us
check "  and in a folder by the policy alone" folder
append
check "without it, Go refuses" says 1 "no signature of lite.example.org/w" by_go
check "  and so do we" says 1 "does not meet the policy" by_us
check "it cosigns the log as it grew" proviso log cosign
check "  and it holds for Go" by_go
for _ in 1 2 3; do append; done
stop "$lite"
check "a witness that is down is reported" says 1 "lite: unreachable" proviso log cosign
start_lite
check "after its restart it goes on" proviso log cosign
check "  and it holds for Go" by_go
check "  and it holds for us" by_us
proviso log prove 1 --out "$work/one.tlog-proof" >/dev/null
check "a proof carries its cosignature" \
  "$binary" log check-proof "$work/one.tlog-proof" --policy "$work/policy.txt"
# Not through the function above: `$!` would be a shell around the server.
"$binary" -C "$data" serve --listen 127.0.0.1:0 >"$work/serve.log" 2>&1 &
server=$!
pids="$pids $server"
for _ in $(seq 200); do grep -q forward-auth "$work/serve.log" && break || sleep 0.05; done
append
for _ in $(seq 200); do by_go >/dev/null 2>&1 && break || sleep 0.1; done
check "serve has it cosign by itself" by_go
stop "$server"

# An older copy is put back; then it is written on.
cp -a "$data" "$work/older"
append
append
proviso log cosign >/dev/null
mv "$data" "$work/newer"
cp -a "$work/older" "$data"
check "serve does not start on an older copy" says 3 "witness \`lite\`: it knows" \
  timeout 60 "$binary" -C "$data" serve --listen 127.0.0.1:0
rm -rf "$data"
cp -a "$work/older" "$data"
for _ in 1 2 3; do append; done
check "an older copy that was written on is another history" \
  says 1 "two histories" proviso log cosign
rm -rf "$data"
mv "$work/newer" "$data"
append
check "the newest copy goes on" proviso log cosign
check "  and it holds for Go" by_go
rm -rf "$sockets"
finish
