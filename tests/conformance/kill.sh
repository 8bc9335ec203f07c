#!/bin/sh
# needs: python3
# kill.sh [BINARY [WORK [KILLS [SEED]]]]: kill -9 at random moments over import, append, adopt, lift
# and the acts of a story, with and without a server; nothing acknowledged may be lost. The seed is
# printed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell/checks.sh"
begin "${1:-}" "${2:-}"
kills=${3:-25}
python3 "$source/tests/end_to_end/kill_crash_test.py" "$binary" "$source" "$work/kill" "$kills" \
  "${4:-$(date +%s)}"
