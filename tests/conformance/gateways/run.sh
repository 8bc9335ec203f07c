#!/bin/sh
# run.sh SCRIPT NEEDED [BINARY [WORKDIR]]: runs a script of this folder with the program, in a work
# folder that is removed afterwards unless it was named. NEEDED are programs, and modules of Python
# as `python:NAME`; without one of them the test says so loudly, and is skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
script=$1
needed=$2
binary=${3:-${PROVISO_BINARY:-$root/build/release/proviso}}
work=${4:-}
# The Python of the distribution: the one that its packages of Python code are made for.
python=${PYTHON:-/usr/bin/python3}
[ -x "$python" ] || python=python3

have() {
  case $1 in
    python:*) "$python" -c "import ${1#python:}" 2>/dev/null ;;
    *) command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] ;;
  esac
}
for one in $needed; do
  if ! have "$one"; then
    echo "SKIPPED: no \`$one\` here; install what the line \`needs:\` of this test names"
    exit 77
  fi
done
if [ ! -x "$binary" ]; then
  echo "SKIPPED: no program at $binary; ./run build makes it"
  exit 77
fi
if [ -z "$work" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
export PYTHONPATH="$root/tests/end_to_end" PYTHONDONTWRITEBYTECODE=1
"$python" "$here/$script" "$binary" "$root" "$work/run"
