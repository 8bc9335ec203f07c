"""A data directory that takes nothing, for its disk is full or may only be read: what can be told
of its log all the same, and what the rest says.

The disk is a small tmpfs, which only root may mount; without it this test is skipped.
"""

import atexit
import json
import signal

from provider import Checks, SmallDisk, arguments, tree_hash

MEBIBYTE = 1 << 20
provider = arguments()
checks = Checks()
disk = SmallDisk(provider.work / "disk", 8 * MEBIBYTE)
atexit.register(provider.stop)
provider.data = disk.folder / "data"
provider.run("init", "--log-key", provider.work / "log.key")
provider.import_examples()
provider.make_people()
provider.run("case", "open", "--title", "Example report", key="anna")


def run(*args, key=None):
    process = provider.start(*args, "--json", key=key)
    out, error = process.communicate()
    return process.returncode, json.loads(out) if out else None, error.decode()


def looks(what):
    """What is answered without the directory being opened."""
    before = tree_hash(provider.data)
    code, report, error = run("log", "verify")
    checks.check(code == 0 and report["ok"] and report["size"] == SIZE, f"{what}: verify {error}")
    checks.check(report and report["closed"], f"{what}: and why it was not opened: {report}")
    held = report["addenda"]["held"] if report else 0
    checks.check(held == HELD, f"{what}: with the parts in the database: {report}")
    code, answer, error = run("log", "checkpoint")
    checks.check(code == 0 and answer["note"] == NOTE, f"{what}: checkpoint: {error}")
    code, answer, error = run("log", "prove", "2")
    checks.check(code == 0 and answer["proof"] == PROOF, f"{what}: prove: {error}")
    code, answer, error = run("log", "open", "1")
    checks.check(code == 0 and answer["parts"][0]["state"] == "held", f"{what}: open: {error}")
    # Whatever would write, or says what it reads in the log, is told why it cannot.
    for command, key in (
        (["case", "list"], None),
        (["case", "close", "case-1", "--reason", "No."], "anna"),
    ):
        code, answer, error = run(*command, key=key)
        checks.check(code in (1, 3), f"{what}: {command}: {code}")
        checks.refused(f"{what}: {command}", error, "`log prove`", "write nothing")
        checks.check(("the log would tell" in error) == bool(key), f"{what}: {command}: {error}")
    return before


SIZE = provider.run("log", "verify")["size"]
HELD = provider.run("log", "verify")["addenda"]["held"]
NOTE = provider.run("log", "checkpoint")["note"]
PROOF = provider.run("log", "prove", "2")["proof"]

# The directory was closed properly: there is no file beside the database.
disk.remount("ro")
before = looks("a read-only disk")
checks.check(tree_hash(provider.data) == before, "nothing was changed")
disk.remount("rw")
filler = disk.fill()
looks("a full disk")
filler.unlink()
provider.run("case", "list")

# A server died: what it committed last stands in the write-ahead log.
provider.serve()
provider.run("case", "open", "--title", "Another", key="anna")
provider.server.send_signal(signal.SIGKILL)
provider.server.wait()
for pipe in (provider.server.stdin, provider.server.stdout, provider.server.stderr):
    pipe.close()
provider.server = None
checks.check((provider.data / "proviso.db-wal").stat().st_size > 0, "it left a write-ahead log")
disk.remount("ro")
code, report, error = run("log", "verify")
checks.check(code == 0 and report["ok"], f"after a kill: {report} {error}")
disk.remount("rw")

# Damage is seen there, too.
provider.run("case", "list")
SIZE = provider.run("log", "verify")["size"]
tile = sorted(path for path in (provider.data / "log/tile/entries").rglob("*") if path.is_file())[
    -1
]
content = bytearray(tile.read_bytes())
content[40] ^= 1
tile.write_bytes(content)
disk.remount("ro")
code, report, error = run("log", "verify")
checks.check(code == 1 and not report["ok"], f"damage on a read-only disk: {report} {error}")
disk.remount("rw")
checks.end()
