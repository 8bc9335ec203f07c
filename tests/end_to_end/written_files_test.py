"""What a command writes for its user is a new file: it replaces nothing, follows no link, lies
outside the log, and is its user's alone."""

import os
import stat

from provider import Checks, arguments, tree_hash

provider = arguments()
checks = Checks()
vkey = provider.run("init")["vkey"]
provider.import_examples()
provider.make_people()
provider.run("case", "open", "--title", "Example report", key="anna")
folder = provider.work / "files"
folder.mkdir()


def prepared():
    """What must still be there as it was after each refusal, by the name it has in messages."""
    kept = folder / "kept.txt"
    kept.write_text("kept\n")
    os.symlink(kept, folder / "link")
    os.symlink(folder / "nothing", folder / "dangling")
    os.mkfifo(folder / "pipe")
    (folder / "sub").mkdir()
    return {
        "exists": ["kept.txt", "link", "dangling", "pipe", "sub"],
        "no folder": ["nowhere/new", "kept.txt/new"],
    }


def state():
    """Kind, mode and bytes of all that lies in the folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(info.st_mode) else b""
        found[path.name] = (stat.S_IFMT(info.st_mode), info.st_ino, content)
    return found


COMMANDS = {
    "log prove --out": lambda path: ("log", "prove", 1, "--out", path),
    "log prove --entry": lambda path: ("log", "prove", 1, "--entry", path),
    "case show --html": lambda path: ("case", "show", "case-1", "--html", path),
    "notice show --html": lambda path: (
        *("notice", "show", "update", "--case", "case-1", "--audience", "staff"),
        *("--html", path),
    ),
}
faulty = prepared()
before = state()
log_before = tree_hash(provider.data / "log")
for name, command in COMMANDS.items():
    for part, paths in faulty.items():
        for path in paths:
            error = provider.run(*command(folder / path), expect=1)
            checks.refused(f"{name} {path}", error, str(folder / path), part)
            checks.check(state() == before, f"{name} {path} changed what was there")
    checks.refused(name, provider.run(*command("/dev/full"), expect=1), "`/dev/full` exists")
    error = provider.run(*command(provider.data / "log" / "mine"), expect=1)
    checks.refused(f"{name} in the log", error, "the log's own")
    around = folder / "sub" / ".." / ".." / "data" / "log" / "mine"
    checks.refused(f"{name} around", provider.run(*command(around), expect=1), "the log's own")
checks.check(tree_hash(provider.data / "log") == log_before, "the log is as it was")
checks.check(stat.S_ISCHR(os.stat("/dev/full").st_mode), "the device is still one")

# Two names for one file, and a folder of a log that is not the data directory's.
one = folder / "one"
error = provider.run("log", "prove", 1, "--out", one, "--entry", one, expect=1)
checks.refused("twice", error, "--out and --entry", "two files")
error = provider.run("log", "prove", 1, "--out", one, "--entry", folder / "sub/../one", expect=1)
checks.refused("twice, spelt differently", error, "two files")
checks.check(not one.exists(), "nothing is written when one of two is refused")
error = provider.run("log", "prove", 1, "--out", one, "--entry", folder / "kept.txt", expect=1)
checks.check(not one.exists(), f"neither is: {error}")
theirs = provider.data / "log"
moved = provider.work / "theirs"
moved.mkdir()
os.rename(theirs, moved / "log")
words = ("log", "prove", 1, "--log", moved / "log", "--vkey", vkey)
error = provider.run(*words, "--out", moved / "log" / "mine", expect=1)
checks.refused("in the folder of --log", error, "the log's own")
os.rename(moved / "log", theirs)

# New files are written, and nobody else reads them.
provider.run("log", "prove", 1, "--out", one, "--entry", folder / "two")
provider.run("case", "show", "case-1", "--html", folder / "page.html")
provider.run("log", "verify", "--seen", folder / "seen")
for name in ("one", "two", "page.html", "seen"):
    mode = stat.S_IMODE((folder / name).stat().st_mode)
    checks.check(mode == 0o600, f"{name}: expected mode 600, found {mode:o}")
checks.end()
