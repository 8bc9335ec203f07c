"""Clocks that disagree: of who signs, of who has the log, and of the log itself.

The program hears another time from a library that is loaded before the system's; it is made here.
"""

import json
import os
import re
import shutil
import subprocess
import sys

from provider import PASSPHRASE, Checks, arguments

SHIM = r"""
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec* now) {
  const int failed = (int)syscall(SYS_clock_gettime, clock, now);
  if (failed == 0 && clock == CLOCK_REALTIME) now->tv_sec += atol(getenv("TEST_CLOCK_AHEAD"));
  return failed;
}
"""
HOUR = 3600
YEAR = 365 * 24 * HOUR
TIME = r"2\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ"

provider = arguments()
checks = Checks()
compiler = shutil.which("cc")
if compiler is None:
    print("SKIPPED: there is no C compiler")
    sys.exit(77)
source, shim = provider.write("shim.c", SHIM), provider.work / "shim.so"
subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, source], check=True)


def told(*args, ahead=0, key=None, expect=0):
    """Standard output and error of the program, by a clock that is so many seconds ahead."""
    environment = dict(
        os.environ, PROVISO_PASSPHRASE=PASSPHRASE, NO_COLOR="1", TEST_CLOCK_AHEAD=str(ahead)
    )
    environment.pop("PROVISO_KEY", None)
    environment["LD_PRELOAD"] = str(shim)
    environment["ASAN_OPTIONS"] = "verify_asan_link_order=0:detect_leaks=0"
    if key is not None:
        environment["PROVISO_KEY"] = str(provider.key_path(key))
    done = subprocess.run(
        [provider.binary, "-C", str(provider.data), *map(str, args)],
        env=environment,
        cwd=provider.work,
        capture_output=True,
        text=True,
        check=False,
    )
    checks.check(done.returncode == expect, f"{args}: exit {done.returncode}: {done.stderr}")
    return done.stdout, done.stderr


provider.run("init")
provider.import_examples()
provider.make_people()
out, err = told("case", "list")
checks.check("warning" not in err, f"the clocks agree: {err}")
out, err = told("log", "verify")
checks.check("warning" not in out, f"no time goes backwards: {out}")

# The clock of who signs is wrong: both are named, and how to find out which it is.
provider.serve()
opening = ["case", "open", "--title", "Example report"]
for ahead in (HOUR, -HOUR):
    out, err = told(*opening, ahead=ahead, key="anna", expect=1)
    times = re.findall(TIME, err)
    checks.check(len(times) == 2 and times[0] != times[1], f"both times: {err}")
    checks.refused(f"signed {ahead} s ahead", err, "signed at", "here it is", "`date -u`")
    checks.check(("sign it again" in err) == (ahead < 0), f"an old act may be signed again: {err}")
told(*opening, ahead=-9 * 60, key="anna")
told(*opening, ahead=60, key="anna")
provider.stop()

# An entry of a clock that is years ahead. From then on, the clock here is earlier than the log.
customers = provider.source / "examples" / "customers.yaml"
out, err = told("case", "close", "case-1", "--reason", "Example.", ahead=2 * YEAR, key="anna")
checks.check("warning" not in err, f"that clock is not behind: {err}")
newest = json.loads(told("log", "show", "--json")[0])["entries"][-1]
out, err = told("case", "list")
checks.check(err.count("proviso: warning:") == 1, f"once, of each command: {err}")
checks.refused("the warning", err, newest["time"], f"entry, {newest['index']},", "`date -u`")
provider.serve()
out, err = told("case", "list")
checks.check(newest["time"] in err, f"also where a server answers: {err}")
out, err = told(*opening, ahead=2 * YEAR, key="anna", expect=1)
checks.refused("signed by the clock of the log", err, newest["time"], "later than the clock here")
told(*opening, key="anna")
provider.server.terminate()
said = provider.server.stderr.read().decode()
provider.server = None
checks.check(newest["time"] in said, f"serve says it when it starts: {said}")

# Entries go on in time that was: a warning, for the log holds.
out, err = told("log", "verify", "--json")
report = json.loads(out)
times = report["times_backwards"]
checks.check(report["ok"] and times["count"] == 1, f"one step backwards: {times}")
first = times["first"]
checks.check(first["entry"] == newest["index"] + 1, f"the first entry after it: {times}")
checks.check(first["after_entry"] == newest["index"], f"and which it is after: {times}")
checks.check(first["after_time"] == newest["time"], f"with its time: {times}")
out, err = told("log", "verify")
checks.refused(
    "people are told", out, "the log holds", "warning: times go backwards", newest["time"]
)
checks.end()
