#!/bin/sh
# needs: python3
# kill.sh [BINARY [WORK [KILLS [SEED]]]]: kill -9 at random moments over import, append, adopt, lift
# and the acts of a story, with and without a server; nothing acknowledged may be lost. The seed is
# printed.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
binary=${1:-${PROVISO_BINARY:-$root/build/release/proviso}}
work=${2:-$(mktemp -d)}
[ $# -ge 2 ] || trap 'rm -rf "$work"' EXIT
kills=${3:-25}
python3 "$root/tests/end_to_end/kill_crash_test.py" "$binary" "$root" "$work/kill" "$kills" \
  "${4:-$(date +%s)}"
