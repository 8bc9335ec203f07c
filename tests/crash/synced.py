"""What the kernel saw: bytes are synced before an answer leaves, and no failed call loses any.

1. A server runs under strace. Whenever bytes leave to a client, all that was written to the log's
   database before must be covered by a sync that returned 0, and each command must have written
   some. At most two syncs are made for each.
2. One command runs again and again, and each time one call of one kind fails, or kills. Then the
   log verifies, what was acknowledged is there, and the next command works.

Usage: BINARY SOURCE WORK
"""

import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))

from provider import Checks, arguments  # pylint: disable=wrong-import-position

COMMANDS = 12
SYNCS_MAX = 2
DATABASE = ("proviso.db", "proviso.db-wal")
CALLS = "fdatasync,fsync,write,pwrite64,pwritev,writev,sendto,sendmsg"
SWEEP = [("fdatasync", "EIO"), ("fsync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC")]
SWEEP += [("rename", "EIO"), ("write", "ENOSPC")]
PLACES_MAX = 400

provider = arguments()
checks = Checks()


def calls(trace):
    """(name, file or socket, line of the start, line of the end, result) of each call."""
    started = {}
    begin = re.compile(r"^(\d+) +(\w+)\(\d+<([^>]*)>(.*)$")
    for number, line in enumerate(trace):
        resumed = re.match(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$", line)
        if resumed:
            name, what, start = started.pop(resumed[1], (None, None, None))
            if name == resumed[2]:
                yield name, what, start, number, result(line)
            continue
        found = begin.match(line)
        if not found:
            continue
        if line.endswith("<unfinished ...>"):
            started[found[1]] = (found[2], found[3], number)
        else:
            yield found[2], found[3], number, number, result(line)


def result(line):
    found = re.search(r"\) += (-?\d+)", line)
    return int(found[1]) if found else None


def is_socket(what):
    return what.startswith(("UNIX", "socket:", "unix:"))


def examine(trace):
    """Faults, how many answers left with new data behind them, and the most syncs for one."""
    dirty = {}  # database file: line of the end of the last write that no sync covers
    faults, answers, syncs, most = [], 0, 0, 0
    wrote = False
    for name, what, start, _end, value in sorted(calls(trace), key=lambda call: call[3]):
        base = what.rsplit("/", 1)[-1]
        if name in ("fdatasync", "fsync"):
            syncs += base in DATABASE or "/log/" in what  # not those of the decision table
            if value == 0 and dirty.get(base, start) <= start:
                dirty.pop(base, None)
        elif base in DATABASE:
            dirty[base] = _end
            wrote = True
        elif is_socket(what) and value and value > 0:
            if dirty:
                faults.append(f"line {start + 1}: bytes leave, and {sorted(dirty)} are not synced")
            if wrote:
                answers += 1
                most = max(most, syncs)
            wrote, syncs = False, 0
    return faults, answers, most


def traced(args, trace):
    """The words that run the program under strace."""
    return ["strace", "-f", "-y", "-s", "16", "-o", str(trace), *args]


def size():
    return int((provider.data / "log" / "checkpoint").read_text().splitlines()[1])


def import_again():
    return ["import", "catalogue", str(provider.source / "examples" / "catalogue.yaml")]


def command(*args):
    return [provider.binary, "-C", str(provider.data), *map(str, args)]


def serve_traced():
    trace = provider.work / "serve.trace"
    server = subprocess.Popen(
        traced(
            ["-e", f"trace={CALLS}", *command("serve", "--listen", "127.0.0.1:0", "--json")], trace
        ),
        stdout=subprocess.PIPE,
    )
    checks.check(server.stdout.readline(), "the server says where it listens")
    before = size()
    for _ in range(COMMANDS):
        provider.run(*import_again())
    grown = size() - before
    tracee = subprocess.run(
        ["pgrep", "-P", str(server.pid)], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    subprocess.run(["kill", tracee], check=True)
    server.wait(60)
    lines = trace.read_text(errors="replace").splitlines()
    # From the first command on: what the start wrote was promised to nobody.
    faults, answers, most = examine(lines)
    for fault in faults:
        checks.check(False, fault)
    checks.check(grown == COMMANDS, f"{grown} entries for {COMMANDS} commands")
    checks.check(answers >= COMMANDS, f"{answers} answers with data behind them")
    # The first answer counts the syncs of the start, too.
    after_first = examine(lines[first_answer(lines) :])[2]
    checks.check(after_first <= SYNCS_MAX, f"{after_first} syncs for one command")
    print(
        f"{answers} answers, each after its syncs; at most {after_first} syncs for one", flush=True
    )
    # Without the syncs the same trace must be found wanting.
    unsynced = [line for line in lines if not re.search(r"\bf(data)?sync\b", line)]
    checks.check(examine(unsynced)[0], "a trace without syncs passes: this test cannot fail")


def first_answer(lines):
    for name, what, _start, end, value in calls(lines):
        if name.startswith("send") and is_socket(what) and value and value > 0:
            return end + 1
    return len(lines)


def strike(inject, name):
    """Runs the command with one call made to fail. Whether that call came, how the command ended,
    and whether it was kept from saying why."""
    trace = provider.work / "strike.trace"
    done = subprocess.run(
        traced(["-e", f"trace={name}", "-e", f"inject={inject}", *command(*import_again())], trace),
        capture_output=True,
        text=True,
        check=False,
    )
    text = trace.read_text(errors="replace")
    came = "INJECTED" in text or "killed by SIGKILL" in text
    # The place is counted in each thread, so that one run can have several such calls.
    mute = re.search(r"\bwrite\(2<.*INJECTED", text) is not None
    return came, done, mute


def sweep(name, how):
    base = provider.work / "base"
    place = 0
    while place < PLACES_MAX:
        place += 1
        shutil.rmtree(provider.data)
        shutil.copytree(base, provider.data)
        before = size()
        came, done, mute = strike(f"{name}:{how}:when={place}", name)
        if not came:
            break
        what = f"{name} {how}, place {place}"
        provider.run(*import_again())
        report = provider.run("log", "verify")
        checks.check(report["ok"], f"{what}: {report}")
        expected = before + 1 + (done.returncode == 0)
        checks.check(size() >= expected, f"{what}: size {size()}, expected {expected}")
        known = done.returncode <= 0 or mute or done.stderr.strip()
        checks.check(known, f"{what}: exit {done.returncode} without a word")
    print(f"{name} {how}: {place - 1} places", flush=True)
    checks.check(place > 1, f"{name} {how}: the command makes no such call")


provider.run("init")
provider.import_examples()
serve_traced()
shutil.copytree(provider.data, provider.work / "base")
for call, error in SWEEP:
    sweep(call, f"error={error}")
for call in ("fdatasync", "fsync", "pwrite64", "rename"):
    sweep(call, "signal=KILL")
checks.end()
