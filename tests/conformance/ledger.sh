#!/bin/sh
# needs: golang-go golang-golang-x-mod-dev
#
# ledger.sh [BINARY [WORKDIR]]: does a log of ours hold for a verifier that is not ours?
#
# Makes a data directory with BINARY, puts more than one bundle of entries into its log, and has the
# log verified by `proviso log verify` and by go/tlogcheck.go, which knows only the note and tlog
# packages of Go's checksum database. Then it changes one byte of a copy at a time: both must find
# it. Proofs of single entries go through `proviso log check-proof` and go/proofcheck.go alike.
# With LOG and VKEY in the environment, that log is checked instead of a new one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell/checks.sh"
need_debian_go
begin "$@"

by_go() { "$work/tlogcheck" "$1" "$vkey"; }
by_us() { "$binary" --json log verify --log "$1" --vkey "$vkey"; }

# Exit code 1 or more, and the words that only a finding has: a crash is no finding.
found_by_go() {
  if by_go "$1" >"$work/found" 2>&1; then return 1; fi
  cat "$work/found"
  grep -q '^FAIL: ' "$work/found"
}
found_by_us() {
  if by_us "$1" >"$work/found" 2>&1; then return 1; fi
  cat "$work/found"
  [ "$(member ok <"$work/found")" = false ]
}

make_log() {
  "$binary" --json -C "$work/data" init --origin log.example.com/conformance >"$work/init.json"
  vkey=$(member vkey <"$work/init.json")
  log=$work/data/log
  for kind in catalogue customers terms; do
    "$binary" -C "$work/data" import "$kind" "$source/examples/$kind.yaml" >/dev/null
  done
  # More than one bundle, so that there is a full tile of each kind, and a level above.
  count=0
  while [ "$(log_size)" -le 256 ] && [ $count -lt 300 ]; do
    "$binary" -C "$work/data" import catalogue "$source/examples/catalogue.yaml" >/dev/null
    count=$((count + 1))
  done
}
log_size() { sed -n 2p "$log/checkpoint"; }
log_root() { sed -n 3p "$log/checkpoint"; }

# flip FILE OFFSET: changes the lowest bit of one byte.
flip() {
  byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
  changed=$((byte ^ 1))
  # shellcheck disable=SC2059
  printf "\\$(printf %o "$changed")" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

same_answers() {
  by_go "$log" >"$work/go.txt" && by_us "$log" >"$work/us.json" || return 1
  cat "$work/go.txt" "$work/us.json"
  size=$(member size <"$work/us.json")
  root=$(member root <"$work/us.json")
  [ "$size" = "$(log_size)" ] && [ "$root" = "$(log_root)" ] &&
    grep -q " size=$size root=$root " "$work/go.txt"
}

# damaged WHAT FILE OFFSET: in a copy of the log.
damaged() {
  rm -rf "$work/copy"
  cp -R "$log" "$work/copy"
  flip "$work/copy/$2" "$3"
  check "$1 ($2, byte $3): the other verifier finds it" found_by_go "$work/copy"
  check "$1 ($2, byte $3): log verify finds it" found_by_us "$work/copy"
}
# tile_file FOLDER NUMBER: the full tile, or its widest partial one.
tile_file() {
  if [ -f "$log/$1/$2" ]; then
    echo "$1/$2"
  else
    echo "$1/$2.p/$(find "$log/$1/$2.p" -type f | sed 's/.*\///' | sort -n | tail -n 1)"
  fi
}

# prove INDEX: a proof from the folder alone, and the entry's bytes.
prove() {
  rm -f "$work/one.tlog-proof" "$work/one.bytes"
  "$binary" log prove "$1" --log "$log" --vkey "$vkey" --out "$work/one.tlog-proof" \
    --entry "$work/one.bytes"
}
proof_by_go() { "$work/proofcheck" "$work/one.tlog-proof" "$work/one.bytes" "$vkey"; }
proof_by_us() { "$binary" --json log check-proof "$work/one.tlog-proof" --vkey "$vkey" "$@"; }
proof_holds() {
  prove "$1" && proof_by_go >"$work/go.txt" && proof_by_us >"$work/us.json" || return 1
  cat "$work/go.txt" "$work/us.json"
  [ "$(member index <"$work/us.json")" = "$1" ] && [ "$(member ok <"$work/us.json")" = true ] &&
    grep -q "^OK origin=$(sed -n 1p "$log/checkpoint") index=$1 size=$(log_size) root=$(log_root)" \
      "$work/go.txt"
}
# Whether both refuse the proof of INDEX once a byte of the file one.WHAT changed.
bad_proof_is_found() {
  prove "$1" && flip "$work/one.$2" "$3"
  if proof_by_go >"$work/go.txt" || proof_by_us --entry "$work/one.bytes" >"$work/us.json"; then
    return 1
  fi
  cat "$work/go.txt" "$work/us.json"
  grep -q '^FAIL: ' "$work/go.txt" && [ "$(member ok <"$work/us.json")" = false ]
}

check "the other verifier builds" build_go tlogcheck
check "its check of proofs builds" build_go proofcheck
if [ -n "${LOG:-}" ]; then
  log=$(cd "$LOG" && pwd)
  vkey=$VKEY
else
  make_log
fi
check "the other verifier accepts the log of $(log_size) entries" by_go "$log"
check "log verify accepts it" by_us "$log"
check "both read the same size and root" same_answers
if [ "$(log_size)" -gt 0 ]; then
  for index in 0 "$(($(log_size) / 2))" "$(($(log_size) - 1))"; do
    check "both accept the proof of entry $index" proof_holds "$index"
  done
  check "a byte of the entry: both refuse its proof" bad_proof_is_found 0 bytes 9
  end=$(wc -c <"$work/one.tlog-proof")
  check "a byte of the signature: both refuse the proof" \
    bad_proof_is_found 0 tlog-proof "$((end - 9))"
  damaged "a byte of the first entry" "$(tile_file tile/entries 000)" 12
  damaged "a byte of a length" "$(tile_file tile/entries 000)" 1
  damaged "a byte of a leaf hash" "$(tile_file tile/0 000)" 31
  if [ "$(log_size)" -gt 256 ]; then
    damaged "a byte of a hash above" "$(tile_file tile/1 000)" 0
    damaged "a byte of a later entry" "$(tile_file tile/entries 001)" 40
  fi
fi
damaged "a byte of the origin" checkpoint 0
damaged "a byte of the signature" checkpoint "$(($(wc -c <"$log/checkpoint") - 9))"
rm -rf "$work/copy"
cp -R "$log" "$work/copy"
echo extra >"$work/copy/extra"
check "a file that does not belong: log verify finds it" found_by_us "$work/copy"

# Proofs that others accept and refuse. No release has them: MERKLE_CORPUS is `testdata` of a clone
# of https://github.com/transparency-dev/merkle (tried: 417fb0c, 23 July 2026).
verifier=$source/build/dev/src/verifier/proviso_verifier_test
if [ -d "${MERKLE_CORPUS:-}/inclusion" ] && [ -x "$verifier" ]; then
  check "proofs of the corpus of transparency-dev/merkle" \
    env PROVISO_MERKLE_CORPUS="$MERKLE_CORPUS" "$verifier" --gtest_brief=1 \
    --gtest_filter=PublishedVectors.ProofsThatOthersAcceptAndRefuse
else
  echo "SKIPPED: the corpus of transparency-dev/merkle needs MERKLE_CORPUS=FOLDER, and $verifier"
  skipped=$((skipped + 1))
fi

finish
