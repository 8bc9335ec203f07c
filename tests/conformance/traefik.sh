#!/bin/sh
# needs: nginx python3
#
# traefik.sh [BINARY [WORKDIR]]: a real Traefik as docs/guides/traefik.md sets it up, before a
# service and a decision point that is killed, stopped, slow, started again, and gets new tables
# under load. Traefik is built once from its Go module, pinned by traefik_server/go.sum; the test is
# skipped where Go is older than that wants, or the modules cannot be had.
here=$(cd "$(dirname "$0")" && pwd)
built=$(cd "$here/../.." && pwd)/build/traefik_server
build() {
  mkdir -p "$built"
  (cd "$here/traefik_server" && GOTOOLCHAIN=local GOFLAGS=-buildvcs=false go build -mod=readonly \
    -ldflags=-s -o "$built/traefik" github.com/traefik/traefik/v3/cmd/traefik)
}
if [ ! -x "$built/traefik" ] || ! cmp -s "$here/traefik_server/go.sum" "$built/stamp"; then
  log=$(mktemp)
  if command -v go >/dev/null && build >"$log" 2>&1; then
    cp "$here/traefik_server/go.sum" "$built/stamp"
    rm "$log"
  else
    echo "SKIPPED: Traefik needs Go as new as traefik_server/go.mod says, and its modules:"
    tail -n 3 "$log" | sed 's/^/  /'
    rm -rf "$built" "$log"
    exit 77
  fi
fi
export PROVISO_TRAEFIK="$built/traefik"
exec sh "$here/gateways/run.sh" traefik_gateway.py nginx "$@"
