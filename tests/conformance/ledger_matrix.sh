#!/bin/sh
# needs: golang-go golang-golang-x-mod-dev nodejs npm openssl python3
#
# ledger_matrix.sh [BINARY [WORKDIR]]: which verifier sees which damage?
#
# Makes one real log with BINARY and damages copies of it in every way of the table in
# docs/formats/verification.md; each tool must see what the table says it sees, and accept what it
# says it cannot see. The tools: our own, by folder and by URL; Go's x/mod from Debian
# (go/tlogcheck.go); @transmute/rfc9162 from npm (npm/logcheck.mjs), pinned by sha512; fsck of
# transparency-dev/tessera through Go modules, which needs a newer Go than Debian's: without one,
# or without Go modules, that column is skipped and says so.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell/checks.sh"
need_debian_go
begin "$@"
build_go tlogcheck

modules=$source/build/log_check
if ! cmp -s "$here/npm/package-lock.json" "$modules/stamp"; then
  mkdir -p "$modules"
  cp "$here/npm/package.json" "$here/npm/package-lock.json" "$modules/"
  (cd "$modules" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$here/npm/package-lock.json" "$modules/stamp"
fi

# Kept beside the build: made once for a version.
fsck_version=v1.0.4
fsck=$source/build/log_check/fsck-$fsck_version/fsck
if [ ! -x "$fsck" ]; then
  if ! GOBIN=$(dirname "$fsck") GOFLAGS='' GOTOOLCHAIN=local timeout 300 \
    "${GO:-go}" install "github.com/transparency-dev/tessera/cmd/fsck@$fsck_version" \
    >"$work/fsck.log" 2>&1; then
    echo "SKIPPED COLUMN: Tessera fsck $fsck_version could not be had through Go modules:"
    tail -n 2 "$work/fsck.log" | sed 's/^/  /'
    fsck=
  fi
fi

TLOGCHECK=$work/tlogcheck NPM_MODULES=$modules/node_modules FSCK=$fsck \
  python3 "$here/ledger_matrix.py" "$binary" "$source" "$work/matrix"
