"""A backup keeps the good copy of what is lost or damaged here, names it, and saves the rest; a
restore names what a backup lacks of that which its log refers to."""

import datetime
import hashlib
import json
import shutil
import sqlite3

import focus_rows
from provider import Checks, arguments, tree_hash
from story_parts import ARTICLE, PEOPLE, add_report, begin

provider = arguments()
checks = Checks()
run = provider.run
FOLDER, KEYS = provider.work / "backup", provider.work / "keys-apart"
DATA = provider.data


def backup(folder=FOLDER, expect=0):
    """What a backup says, and its exit code is as expected."""
    process = provider.start("backup", folder, "--keys", KEYS, "--json")
    out, error = process.communicate()
    checks.check(process.returncode == expect, f"backup: {process.returncode} {error.decode()}")
    return json.loads(out) if out else {"faults": []}


def faults(answer):
    return {fault["path"]: (fault["what"], fault["kept"]) for fault in answer["faults"]}


def restore(to, *more, folder=FOLDER, expect=0):
    words = ["--keys", KEYS, "--to", provider.work / to, "--accept-fork-risk"]
    return run("restore", folder, *words, *more, expect=expect)


def flip(path):
    """One bit, the size stays."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


begin(provider, PEOPLE)
rows = [
    focus_rows.row("sub-em-archive-01", datetime.date(2026, 3, 1 + turn), 240) for turn in range(9)
]
bad = dict(rows[0], ChargePeriodStart="never")
run(
    "import",
    "usage",
    provider.write("usage.csv", focus_rows.csv_text([*rows, bad])),
    "--quarantine-limit",
    "0.5",
)
words = ["--class", "contract", "--owner", "Example Sales", "--purpose", "Checks."]
run("records", "register", "contract-register", *words, key="adam")
run(
    "records", "import", "contract-register", provider.source / "examples/contracts.csv", key="adam"
)
report = add_report(provider, "article.txt", ARTICLE)
KINDS = ("lake", "quarantine", "records", "reports")
kept = {kind: sorted(path for path in (DATA / kind).iterdir() if path.is_file()) for kind in KINDS}
checks.check(all(kept.values()), f"something of each kind: {kept}")
whole = {path: path.read_bytes() for paths in kept.values() for path in paths}


def name(path):
    return str(path.relative_to(DATA))


def put_back():
    for path, content in whole.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def copies():
    return {kind: tree_hash(FOLDER / kind) for kind in KINDS}


answer = backup()
checks.check(answer["faults"] == [], f"nothing is wrong: {answer}")
good = copies()

# Lost here, one and all: the copies stay, and what is lost is named.
for path in whole:
    path.unlink()
    answer = backup(expect=3)
    # An opened directory removes what was set aside of a register that is lost.
    checks.check(faults(answer).get(name(path)) == ("missing", True), f"{name(path)}: {answer}")
    checks.check(copies() == good, f"the copy of {name(path)} stays")
    put_back()
for kind in KINDS:
    shutil.rmtree(DATA / kind)
answer = backup(expect=3)
checks.check(set(faults(answer)) == {name(path) for path in whole}, f"all are named: {answer}")
checks.check(copies() == good, "and all copies stay")
lost = backup(provider.work / "too-late", expect=3)
checks.check(set(fault[1] for fault in faults(lost).values()) == {False}, f"no copy: {lost}")
put_back()

# Changed here.
for path in whole:
    flip(path)
    told = faults(backup(expect=3))
    # Of what was set aside, the log knows how much; the earlier backup knows the bytes.
    checks.check(told == {name(path): ("damaged", True)}, f"changed {name(path)}: {told}")
    checks.check(copies() == good, f"the copy of {name(path)} stays good")
    put_back()

# A copy went bad: it is made again.
for path in whole:
    flip(FOLDER / name(path))
    checks.check(backup()["faults"] == [], f"the copy of {name(path)} is mended")
    checks.check(copies() == good, f"the copy of {name(path)} is good again")

# Both are bad: named, and nothing is thrown away.
victim = kept["lake"][0]
flip(victim)
flip(FOLDER / name(victim))
told = faults(backup(expect=3))
checks.check(told == {name(victim): ("damaged", False)}, f"both changed: {told}")
checks.check((FOLDER / name(victim)).exists(), "what may be mended by hand stays")
refused = restore("none", expect=3)
checks.refused("a backup without it", refused, name(victim), "--accept-missing")
checks.check(not (provider.work / "none").exists(), "nothing is made")
made = restore("rest", "--accept-missing")
checks.check([fault["path"] for fault in made["faults"]] == [name(victim)], f"the rest: {made}")
checks.check(not (provider.work / "rest" / name(victim)).exists(), "what is damaged is not put")
left = {kind: tree_hash(provider.work / "rest" / kind) for kind in ("records", "reports")}
checks.check(left == {kind: good[kind] for kind in left}, "all else is there")
put_back()
checks.check(backup()["faults"] == [], "mended")
restore("whole")
whole_again = {kind: tree_hash(provider.work / "whole" / kind) for kind in KINDS}
checks.check(whole_again == good, "a whole backup is whole")

# A sealed part in the log: seen while `serve` has it open, and kept whole from the backup before.
provider.serve()
database = sqlite3.connect(DATA / "proviso.db")
where = "WHERE name = 'original'"
(sealed,) = database.execute(f"SELECT sealed FROM log_addendum {where}").fetchone()
for turn in range(2):
    database.execute(f"UPDATE log_addendum SET sealed = zeroblob(length(sealed)) {where}")
    database.commit()
    answer = backup(expect=3)
    (fault,) = answer["faults"]
    checks.check(fault["path"] == "proviso.db" and "original" in fault["why"], f"named: {fault}")
    checks.check(fault["kept"], f"the backup has it: {fault}")
    (copy,) = FOLDER.glob("log-*.db")
    with sqlite3.connect(copy) as kept_log:
        (found,) = kept_log.execute(f"SELECT sealed FROM log_addendum {where}").fetchone()
    kept_log.close()
    checks.check(found == sealed, "its log has the part whole")
database.execute(f"UPDATE log_addendum SET sealed = ? {where}", (sealed,))
database.commit()
database.close()
checks.check(backup()["faults"] == [], "mended")
checks.check(len(list(FOLDER.glob("log-*.db"))) == 1, "and one log is enough again")
provider.stop()

# A backup whose manifest agrees with damaged files, as an earlier version made them.
for path in (victim, kept["reports"][0], kept["records"][0]):
    old = provider.work / "of-an-earlier-version"
    shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(FOLDER, old)
    flip(old / name(path))
    manifest = json.loads((old / "manifest.json").read_text())
    for entry in manifest["files"]:
        if entry["path"] == name(path):
            entry["sha256"] = hashlib.sha256((old / name(path)).read_bytes()).hexdigest()
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
    (old / "manifest.json").write_text(text + "\n")
    refused = restore("of-old", folder=old, expect=3)
    checks.refused(f"a damaged {name(path)}", refused, name(path), "damaged")

checks.end()
