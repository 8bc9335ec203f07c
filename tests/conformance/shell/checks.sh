# What the scripts of tests/conformance do alike. Sourced by them, with $here set to their folder.
# shellcheck shell=sh disable=SC2154

source=$(cd "$here/../.." && pwd)
passed=0 failed=0 skipped=0
pids= # of processes that end with the script

# begin [BINARY [WORK]]: sets $binary and $work. Without WORK it is a new folder, and goes at the
# end.
begin() {
  binary=${1:-${PROVISO_BINARY:-$source/build/release/proviso}}
  case $binary in /*) ;; *) binary=$(pwd)/$binary ;; esac
  if [ ! -x "$binary" ]; then
    echo "skipped: no program at $binary; ./run build makes it"
    exit 77
  fi
  work=${2:-} kept=${2:-}
  if [ -z "$work" ]; then work=$(mktemp -d); fi
  trap end EXIT
  trap 'exit 130' INT TERM
  mkdir -p "$work"
  work=$(cd "$work" && pwd)
}
end() {
  for pid in $pids; do stop "$pid"; done
  if [ -z "$kept" ]; then
    # Go makes folders that nobody may write.
    chmod -R u+w "$work"
    rm -rf "$work"
  fi
}

# stop PID: ends one of $pids, and waits until it is gone. Its number may be another's from then on.
stop() {
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  others=
  for each in $pids; do [ "$each" = "$1" ] || others="$others $each"; done
  pids=$others
}

# check NAME COMMAND...: the command must succeed.
check() {
  name=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    passed=$((passed + 1))
    echo "ok   $name"
  else
    failed=$((failed + 1))
    echo "FAIL $name"
    sed 's/^/     /' "$work/output"
  fi
}

# finish: says how it went, and ends the script. Nothing passed is no success.
finish() {
  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

# member NAME: the value of one member of a JSON object on standard input, however it is laid out.
member() { tr -d '\n' | sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p"; }

# The Go of the distribution: the one that its packages of Go code are made for.
debian_go=/usr/bin/go
need_debian_go() {
  if [ ! -x "$debian_go" ] || [ ! -d /usr/share/gocode/src/golang.org/x/mod ]; then
    echo "skipped: install golang-go and golang-golang-x-mod-dev"
    exit 77
  fi
}
# build_go NAME: $work/NAME from go/NAME.go.
build_go() {
  (cd "$here/go" && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE="$work/go-cache" \
    "$debian_go" build -o "$work/$1" "$1.go")
}
