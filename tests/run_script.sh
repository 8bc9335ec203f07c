#!/bin/sh
# run_script.sh SCRIPT BINARY SOURCE_DIR WORK_DIR: runs one end-to-end script in an empty folder.
# PROVISO_BINARY in the environment takes the place of BINARY.
set -eu
script=$1 binary=${PROVISO_BINARY:-$2} source=$3 work=$4
rm -rf "$work"
mkdir -p "$work"
cd "$work"
case $script in
  *.py) export PYTHONDONTWRITEBYTECODE=1 && exec python3 "$script" "$binary" "$source" "$work" ;;
  *) exec sh "$script" "$binary" "$source" "$work" ;;
esac
