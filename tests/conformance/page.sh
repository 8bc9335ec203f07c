#!/bin/sh
# needs: chromium nodejs npm
#
# page.sh [FILE.html...]: do case pages hold in a browser, and for axe, which checks whether those
# who do not see a page can read it?
#
# Without files it has the unit tests of src/pages write their samples: a full case, a bare one, and
# one whose texts are hostile. playwright-core and axe-core come through npm, once, pinned by sha512
# in cmake/page_check/package-lock.json.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
modules=$root/build/page_check
browser=${PROVISO_BROWSER:-$(command -v chromium || true)}
if [ -z "$browser" ]; then
  echo "skipped: install chromium, or name a browser in PROVISO_BROWSER"
  exit 77
fi

lock=$root/cmake/page_check/package-lock.json
if ! cmp -s "$lock" "$modules/stamp"; then
  mkdir -p "$modules"
  cp "$root/cmake/page_check/package.json" "$lock" "$modules/"
  (cd "$modules" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp "$lock" "$modules/stamp"
fi

if [ $# -eq 0 ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  ninja -C "$root/build/release" proviso_pages_test >/dev/null
  TEST_TMPDIR=$work "$root/build/release/src/pages/proviso_pages_test" \
    --gtest_filter=CasePage.CanBeKeptAsAFile >/dev/null
  set -- "$work"/case_page_*.html
fi
node "$root/tests/end_to_end/page_check.mjs" "$modules/node_modules" "$browser" "$@"
