#!/bin/sh
# needs: strace python3
# synced.sh [BINARY [WORK]]: is data on the disk before anybody is told that it is? Watches the
# system calls of a server, then makes each kind of them fail or kill at each place of one command.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
binary=${1:-${PROVISO_BINARY:-$root/build/release/proviso}}
work=${2:-$(mktemp -d)}
[ $# -ge 2 ] || trap 'rm -rf "$work"' EXIT
if ! strace -o /dev/null true 2>/dev/null; then
  echo "skipped: strace is missing, or may not trace here"
  exit 77
fi
python3 "$root/tests/crash/synced.py" "$binary" "$root" "$work/synced"
