#!/bin/sh
# needs: python3
#
# authzen.sh [BINARY [WORKDIR]]: does a decision point answer AuthZEN's certification scenario?
#
# The scenario (certification/authorization-api-1_0-scenario.md in github.com/openid/authzen) names
# requests, answers, and eight decisions. authzen_cases.json has them; authzen_serve.yaml says how
# the listener understands its records. The decisions come from restrictions that people adopted.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
binary=${1:-${PROVISO_BINARY:-$source/build/release/proviso}}
if [ ! -x "$binary" ]; then
  echo "skipped: no program at $binary; ./run build makes it"
  exit 77
fi
case $binary in /*) ;; *) binary=$(pwd)/$binary ;; esac
if [ $# -ge 2 ]; then
  work=$2
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
PYTHONPATH=$source/tests/end_to_end python3 "$here/authzen.py" "$binary" "$source" "$work/data"
