#!/bin/sh
# needs: strace python3
# synced.sh [BINARY [WORK]]: is data on the disk before anybody is told that it is? Watches the
# system calls of a server, then makes each kind of them fail or kill at each place of one command.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell/checks.sh"
begin "${1:-}" "${2:-}"
if ! strace -o /dev/null true 2>/dev/null; then
  echo "skipped: strace is missing, or may not trace here"
  exit 77
fi
python3 "$source/tests/crash/synced.py" "$binary" "$source" "$work/synced"
