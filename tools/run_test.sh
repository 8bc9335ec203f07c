#!/bin/sh
# Tests of ./run that build nothing: how it counts, and what it says on machines that lack things.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# expect WANT FOUND WHAT
expect() {
  if [ "$1" != "$2" ]; then
    printf 'failed: %s: want `%s`, found `%s`\n' "$3" "$1" "$2"
    failed=$((failed + 1))
  fi
}
function_of() { sed -n "/^$1() {/,/^}/p" run >"$work/$1.sh" && . "$work/$1.sh"; }
function_of count_junit
function_of skip_reasons
function_of count_script
function_of closing_line

cat >"$work/t.xml" <<'XML'
<testsuite name="x" tests="6" failures="1" disabled="1" skipped="3">
	<testcase name="a" time="0" status="run">
		<system-out>&lt;testcase status=&quot;fail&quot;</system-out>
	<testcase name="b" time="0" status="run">
	<testcase name="c" time="0" status="fail">
		<failure message=""/>
	<testcase name="d" time="0" status="notrun">
		<skipped message="Unable to find executable"/>
	<testcase name="e" time="0" status="notrun">
		<skipped message="SKIP_RETURN_CODE=77"/>
	<testcase name="f" time="0" status="notrun">
		<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
	<testcase name="g" time="0" status="disabled">
XML
passed=0 failed_before=$failed failed=0 skipped=0
count_junit "$work/t.xml"
counted="$passed $failed $skipped"
failed=$failed_before
expect '2 2 3' "$counted" 'what ctest reports'
cat >"$work/skips.xml" <<'XML'
		<system-out>[ RUN      ] A.B
a_test.cc:23: Skipped
SKIPPED: looked in &quot;/a&quot;, found no such folder
</system-out>
SKIPPED: looked in &quot;/a&quot;, found no such folder
XML
expect 'SKIPPED: looked in "/a", found no such folder' "$(skip_reasons "$work/skips.xml")" \
  'why tests were skipped'

# script TEXT CODE: the counts that a script with this output and exit code gets.
script() {
  (
    passed=0 failed=0 skipped=0
    printf '%s\n' "$1" >"$work/log"
    count_script "$work/log" "$2"
    echo "$passed $failed $skipped"
  )
}
expect '3 1 0' "$(script '3 passed, 1 failed' 1)" 'the counts of a script'
expect '3 0 2' "$(script '3 passed, 0 failed, 2 skipped' 0)" 'the counts of a script that skips'
expect '3 1 0' "$(script '3 passed, 0 failed' 1)" 'a script that fails after it counted'
expect '0 0 1' "$(script 'no network' 77)" 'a script that skips itself'
expect '1 0 0' "$(script 'fine' 0)" 'a script that counts nothing'
expect '0 1 0' "$(script 'broken' 2)" 'a script that breaks off'

# closing PASSED FAILED SKIPPED: the last line, and the exit code.
closing() {
  code=0
  line=$(passed=$1 failed=$2 skipped=$3 && closing_line) || code=$?
  echo "$line: $code"
}
expect '2 passed, 0 failed: 0' "$(closing 2 0 0)" 'all passed'
expect '2 passed, 1 failed: 1' "$(closing 2 1 0)" 'one failed'
expect '2 passed, 0 failed, 1 skipped: 0' "$(closing 2 0 1)" 'one skipped'
expect '0 passed, 0 failed: 1' "$(closing 0 0 0)" 'no test ran'

# run_on FOLDER COMMAND: ./run with the programs in FOLDER alone: "CODE: what it says".
run_on() {
  code=0
  out=$(PATH="$1" "$1/sh" "$root/run" "$2" 2>&1) || code=$?
  echo "$code: $out"
}
# machine NAME: a folder with what every system has.
machine() {
  mkdir "$work/$1"
  for program in sh dirname uname sed grep cat head; do
    ln -s "$(command -v "$program")" "$work/$1/$program"
  done
  printf '#!/bin/sh\necho 1000\n' >"$work/$1/id"
  chmod 755 "$work/$1/id"
}
machine arm
rm "$work/arm/uname"
printf '#!/bin/sh\necho aarch64\n' >"$work/arm/uname"
chmod 755 "$work/arm/uname"
expect '3: run: Proviso runs on x86-64 only for now; this is aarch64' \
  "$(run_on "$work/arm" build)" 'another processor'
machine other
case $(run_on "$work/other" build) in
  *'3: '*'this system has no apt; install what these Debian 12 packages bring: g++ cmake'*) ;;
  *) expect 'the list of packages' "$(run_on "$work/other" build)" 'a system without apt' ;;
esac
machine plain
ln -s /bin/true "$work/plain/apt-get"
case $(run_on "$work/plain" build) in
  *'not root and no sudo; run this as root, then again: apt-get update && apt-get install'*) ;;
  *) expect 'the apt command' "$(run_on "$work/plain" build)" 'neither root nor sudo' ;;
esac
# One list of everything, so that one round is enough.
case $(run_on "$work/plain" test) in
  *'apt-get install'*' python3 '*'g++ cmake '*) ;;
  *) expect 'python3 and g++ in one list' "$(run_on "$work/plain" test)" 'what the tests need' ;;
esac
case $(run_on "$work/other" no-such-command) in
  2:*'no such command: `no-such-command`') ;;
  *) expect 'exit code 2' "$(run_on "$work/other" no-such-command)" 'an unknown command' ;;
esac

if [ "$failed" -eq 0 ]; then echo "run_test: all as it should be"; fi
exit "$failed"
