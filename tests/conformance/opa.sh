#!/bin/sh
# needs: nodejs npm python3
#
# opa.sh [BINARY [WORKDIR]]: does the npm client of Open Policy Agent take us for one, and does the
# real one work behind us?
#
# @open-policy-agent/opa, unchanged and pinned by sha512 in npm_opa/package-lock.json, asks a
# listener with protocol opa before and after a decision is adopted: booleans, objects, no input,
# several questions at a time, and a path that is nobody's. Then Open Policy Agent itself, pinned by
# opa_server/go.sum, is the operator's own behind our listeners (opa_upstream.py). That part is
# skipped where Go is older than its modules want, or they cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
binary=${1:-${PROVISO_BINARY:-$source/build/release/proviso}}
work=${2:-}
if [ -z "$work" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
work=$(cd "$work" && pwd)
case $binary in /*) ;; *) binary=$(pwd)/$binary ;; esac
if [ ! -x "$binary" ]; then
  echo "skipped: no program at $binary; ./run build makes it"
  exit 77
fi
modules=$source/build/opa_client
if ! cmp -s "$here/npm_opa/package-lock.json" "$modules/stamp"; then
  mkdir -p "$modules"
  cp "$here/npm_opa/package.json" "$here/npm_opa/package-lock.json" "$modules/"
  (cd "$modules" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$here/npm_opa/package-lock.json" "$modules/stamp"
fi
cp "$here/npm_opa/client.mjs" "$modules/"
server=$source/build/opa_server
build_server() {
  mkdir -p "$server"
  (cd "$here/opa_server" && GOTOOLCHAIN=local GOFLAGS=-buildvcs=false go build -mod=readonly \
    -o "$server/opa" github.com/open-policy-agent/opa)
}
if [ ! -x "$server/opa" ] || ! cmp -s "$here/opa_server/go.sum" "$server/stamp"; then
  if command -v go >/dev/null && build_server >"$work/go.log" 2>&1; then
    cp "$here/opa_server/go.sum" "$server/stamp"
  else
    rm -rf "$server"
    echo "SKIPPED: Open Policy Agent needs Go as new as opa_server/go.mod says, and its modules:"
    tail -n 3 "$work/go.log" 2>/dev/null | sed 's/^/  /'
  fi
fi
python3 "$here/opa.py" "$binary" "$source" "$work/opa" "$modules" "$server/opa"
