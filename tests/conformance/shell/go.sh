# Programs that are built from their Go modules. Sourced by the scripts of tests/conformance.
# shellcheck shell=sh

# go_program FOLDER PACKAGE...: builds each program into build/FOLDER, once for each go.sum of
# FOLDER beside the scripts; nothing is fetched but what that names. Skips the test where Go is
# older than go.mod says, or the modules cannot be had.
# shellcheck disable=SC2154  # $here: set by who sources this
go_program() {
  go_folder=$here/$1 go_built=$(cd "$here/../.." && pwd)/build/$1
  shift
  if cmp -s "$go_folder/go.sum" "$go_built/stamp"; then return 0; fi
  go_log=$(mktemp)
  mkdir -p "$go_built"
  for go_package in "$@"; do
    if ! command -v go >/dev/null || ! (cd "$go_folder" && GOTOOLCHAIN=local \
      GOFLAGS=-buildvcs=false nice go build -mod=readonly -ldflags=-s -o "$go_built/" \
      "$go_package") >"$go_log" 2>&1; then
      echo "SKIPPED: $go_package wants its modules, and Go as new as $go_folder/go.mod says:"
      tail -n 3 "$go_log" | sed 's/^/  /'
      rm -rf "$go_built" "$go_log"
      exit 77
    fi
  done
  cp "$go_folder/go.sum" "$go_built/stamp"
  rm "$go_log"
}
