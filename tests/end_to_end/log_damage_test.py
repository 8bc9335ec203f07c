"""One damaged confidential part, or broken files of the log: said by the commands that look, with
the place and what to do, and never passed over."""

import json
import shutil
import sqlite3

from provider import Checks, Provider, arguments, tree_hash

provider = arguments()
checks = Checks()
provider.run("init")
provider.import_examples()
provider.make_people()
provider.run("case", "open", "--title", "Example report", key="anna")
log = provider.data / "log"
entries = provider.run("log", "show")["entries"]
ENTRY = next(entry["index"] for entry in entries if entry["type"] == "case.opened")
WHOLE = provider.work / "whole"
shutil.copytree(provider.data, WHOLE)


def restored():
    shutil.rmtree(provider.data)
    shutil.copytree(WHOLE, provider.data)


def said(*args):
    process = provider.start(*args)
    out, err = process.communicate()
    return process.returncode, out.decode(), err.decode()


def damage(statement):
    with sqlite3.connect(provider.data / "proviso.db") as database:
        changed = database.execute(statement).rowcount
    database.close()
    checks.check(changed == 1, f"{statement}: {changed} rows")


# A damaged part is named by all commands, and what looks finds it (damaged_parts_test.py has more).
PART = "`details` is damaged"
WHERE = f"WHERE position = {ENTRY} AND name = 'details'"
for statement in (
    f"UPDATE log_addendum SET sealed = zeroblob(32) {WHERE}",
    f"UPDATE log_addendum SET sealed = zeroblob(3) {WHERE}",
    f"UPDATE log_addendum_key SET secret = zeroblob(32) {WHERE}",
):
    damage(statement)
    code, _, error = said("case", "list")
    checks.check(code == 0, f"case list: exit {code}")
    checks.refused("case list", error, f"entry {ENTRY}: its confidential part {PART}", "restore")
    code, out, error = said("log", "open", ENTRY, "--json")
    part = {part["name"]: part for part in json.loads(out)["parts"]}["details"]
    checks.check(code == 1 and part["state"] == "damaged", f"log open: {code} {out}")
    checks.check("text" not in part and part["fault"], f"log open: {part}")
    code, out, error = said("log", "open", ENTRY)
    checks.check(code == 1 and "DAMAGED" in out, f"log open: {code} {out}")
    checks.refused("log open", error, f"entry {ENTRY}: its confidential part {PART}")
    code, out, _ = said("log", "open", 1, "--json")
    states = [part["state"] for part in json.loads(out)["parts"]]
    checks.check(code == 0 and states == ["held"], f"another entry: {code} {out}")
    code, out, _ = said("log", "verify", "--json")
    report = json.loads(out)
    checks.check(code == 1 and not report["ok"], f"log verify: {code} {out}")
    found = [text for text in report["problems"] if f"entry {ENTRY}: " in text and PART in text]
    checks.check(found and "from a backup" in found[0], f"log verify: {report['problems']}")
    checks.check(report["addenda"]["damaged"] == 1, f"log verify: {report['addenda']}")
    checks.check(report["first"]["entry"] == ENTRY, f"log verify: {report['first']}")
    code, out, _ = said("log", "verify")
    checks.check(code == 1 and "DAMAGED" in out and "the log holds" not in out, f"{code} {out}")
    seen = provider.work / "seen"
    provider.start("log", "verify", "--seen", seen).communicate()
    checks.check(not seen.exists(), "what does not hold is not remembered as seen")
    checks.check(tree_hash(provider.data / "log") == tree_hash(WHOLE / "log"), "the log's files")
    restored()


# What is damaged is named and left as it is, with what to do: to mend it is another command.
def break_checkpoint():
    (log / "checkpoint").write_bytes(b"")


def remove_tiles():
    shutil.rmtree(log / "tile")


def remove_log():
    shutil.rmtree(log)


def cut_short():
    tile = max((log / "tile/0/000.p").iterdir(), key=lambda path: int(path.name))
    tile.write_bytes(tile.read_bytes()[:-9])


def flip_newest_bundle():
    bundle = max((log / "tile/entries/000.p").iterdir(), key=lambda path: int(path.name))
    content = bytearray(bundle.read_bytes())
    content[200] ^= 1
    bundle.write_bytes(content)


def write_into_marker():
    (log / "addenda.v1").write_text("x\n")


for what, breaks, named in (
    ("marker file", write_into_marker, "`addenda.v1`"),
    ("checkpoint emptied", break_checkpoint, "`checkpoint`"),
    ("tiles removed", remove_tiles, "`tile/entries/000.p/"),
    ("log removed", remove_log, "`log`"),
    ("tile cut short", cut_short, "`tile/0/000.p/"),
    ("newest bundle", flip_newest_bundle, "`tile/entries/000.p/"),
):
    restored()
    breaks()
    before = tree_hash(log) if log.exists() else None
    code, out, error = said("log", "verify")
    checks.check(code == 1 and out.startswith("DAMAGED"), f"{what}: {code} {out} {error}")
    checks.check(out.split("\n")[1].startswith(f"  {named}"), f"{what}: {out}")
    checks.check("what to do: " in out and "`proviso log rebuild`" in out, f"{what}: {out}")
    code, out, _ = said("log", "verify", "--json")
    report = json.loads(out)
    checks.check(code == 1 and any(named in text for text in report["problems"]), f"{what}: {out}")
    checks.check(before == (tree_hash(log) if log.exists() else None), f"{what}: left as it is")
    provider.run("log", "rebuild")
    report = provider.run("log", "verify")
    checks.check(report["ok"] and "remedy" not in report, f"{what}, mended: {report}")

# What is no file of a log: no command removes it, and nobody is told that one would.
restored()
(log / "note.txt").write_text("A list of mine.\n")
(log / "tile2").mkdir()
(log / "zz-link").symlink_to("checkpoint")
STRANGERS = ("note.txt", "tile2", "zz-link")
code, out, _ = said("log", "verify")
checks.check(code == 1 and out.startswith("DAMAGED"), f"strangers: {code} {out}")
told = next((line for line in out.split("\n") if line.startswith("what to do: ")), "")
checks.check("move what" in told and "`proviso log rebuild`" not in told, f"strangers: {out}")
checks.check(all(f"`{name}`" in told for name in STRANGERS), f"strangers: {told}")
flip_newest_bundle()
told = json.loads(said("log", "verify", "--json")[1])["remedy"]
checks.check("`note.txt`" in told and "`proviso log rebuild`" in told, f"and a bundle: {told}")
code, out, _ = said("log", "rebuild")
checks.check(code == 0 and all(f"`log/{name}`" in out for name in STRANGERS), f"left: {out}")
checks.check(provider.run("log", "rebuild")["left"] == list(STRANGERS), "left, as JSON")
checks.check((log / "note.txt").read_text() == "A list of mine.\n", "nothing of it is removed")
(log / "note.txt").unlink()
(log / "tile2").rmdir()
(log / "zz-link").unlink()
report = provider.run("log", "verify")
checks.check(report["ok"] and "remedy" not in report, f"strangers moved out: {report}")
checks.check(provider.run("log", "rebuild")["left"] == [], "nothing is left alone")
(log / "tile" / "note.txt").write_text("x\n")
told = json.loads(said("log", "verify", "--json")[1])["remedy"]
checks.check("note.txt" not in told and "`proviso log rebuild`" in told, f"`tile`: {told}")
provider.run("log", "rebuild")
checks.check(provider.run("log", "verify")["ok"], "what lay below `tile` went")

# One flipped byte is one line, whatever was left over of older bundles and tiles.
restored()
flip_newest_bundle()
report = json.loads(said("log", "verify", "--json")[1])
checks.check(report["problem_count"] == 1, f"one flipped byte: {report['problems']}")
checks.check("of the signed tree" in report["first"]["expected"], f"first: {report['first']}")

# The files of another log: said so, and nobody is told to remove them.
restored()
other = Provider(provider.binary, provider.source, provider.work / "other")
vkey = provider.run("log", "checkpoint")["vkey"]
theirs = other.run("init")["vkey"]
shutil.rmtree(log)
shutil.copytree(other.data / "log", log)


def ids(key):
    return "+".join(key.split("+")[:2])  # the base64 behind them may have one, too


code, out, _ = said("log", "verify")
checks.check(code == 1 and out.startswith("NOT THIS LOG"), f"another log's files: {code} {out}")
for text in (ids(vkey), ids(theirs), "another log's", "out of the data directory"):
    checks.check(text in out, f"another log's files: {text}: {out}")
checks.check("0 entries" not in out, f"another log's files: {out}")
before = tree_hash(log)
code, _, error = said("log", "rebuild")
checks.check(code == 3, f"rebuild over another log's files: {code}")
checks.refused(
    "rebuild over another log's files", error, ids(theirs), ids(vkey), f"move `{log}` out"
)
checks.check(tree_hash(log) == before, "another log's files are left alone")
log.rename(provider.work / "theirs")
provider.run("log", "rebuild")
checks.check(provider.run("log", "verify")["ok"], "another log's files, moved out")
restored()
code, out, _ = said("log", "verify", "--log", log, "--vkey", theirs)
checks.check(code == 1 and ids(vkey) in out and ids(theirs) in out, f"a wrong key: {code} {out}")
code, out, error = said("log", "verify", "--log", provider.data, "--vkey", vkey)
checks.check(code == 2 and "data/log`: give that one" in error, f"--log DATA: {code} {error}")

# The log's private key is not needed to look.
key = provider.work / "data.keys" / "log.key"
whole_key = key.read_bytes()
for what, content, told in (
    ("no key", None, "log.key"),
    ("another log's key", (other.work / "data.keys" / "log.key").read_bytes(), "is the key of an"),
):
    key.unlink()
    if content:
        key.write_bytes(content)
        key.chmod(0o600)
    code, out, error = said("log", "verify")
    checks.check(code == 0 and "the log holds" in out and told in out, f"{what}: {code} {out}")
    checks.check("not checked: what lies beside the log" in out, f"{what}: {out}")
    for command in (("log", "checkpoint"), ("log", "prove", "1")):
        code, out, error = said(*command)
        checks.check(code == 0 and out and told in error, f"{what}: {command}: {code} {error}")
    code, _, error = said("case", "list")
    checks.check(code == 1 and told in error, f"{what}: case list: {code} {error}")
    if content:
        checks.check(vkey in error and str(key) in error, f"{what}: {error}")
    if not content:
        key.write_bytes(whole_key)
key.write_bytes(whole_key)

# A damaged decision table is told of, and not written by who only looks.
table = provider.data / "table" / "current"
good = table.read_bytes()
bad = good[:40] + bytes([good[40] ^ 1]) + good[41:]
table.write_bytes(bad)
code, out, _ = said("log", "verify")
checks.check(code == 0 and "the log holds" in out and str(table) in out, f"table: {code} {out}")
checks.check("`proviso log rebuild`" in out and table.read_bytes() == bad, f"table: {out}")
question = ("--service", "compute", "--region", "north", "--operation", "read")
code, _, error = said("decide", "--subscription", "sub-1", *question)
checks.check(code == 3, f"decide with a damaged table: {code} {error}")
checks.refused("decide with a damaged table", error, str(table), "`proviso log rebuild`")
code, out, _ = said("files", "check")
checks.check(code == 1 and "written anew" in out and str(table) in out, f"table: {code} {out}")
checks.check(table.read_bytes() == good, "the table is written anew")
checks.check(said("files", "check")[0] == 0, "and then it is whole")
table.unlink()
code, out, _ = said("log", "verify")
checks.check(code == 0 and f"{table}`: missing" in out, f"no table: {code} {out}")
checks.check(not table.exists(), "no table: nothing is written by who only looks")
code, out, _ = said("files", "check")
checks.check(code == 1 and f"{table}`: missing" in out, f"no table: {code} {out}")
checks.check(table.read_bytes() == good, "no table: it is written anew")
checks.check(said("files", "check")[0] == 0, "and then it is there")
table.unlink()
code, _, error = said("decide", "--subscription", "sub-1", *question)
checks.refused("decide without a table", error, str(table), "`proviso log rebuild`")

# A database that is none, or was lost: not a word that the log holds.
for content in (b"no database at all" * 300, b""):
    restored()
    for path in provider.data.glob("proviso.db*"):
        path.unlink()
    if content:
        (provider.data / "proviso.db").write_bytes(content)
    code, out, error = said("log", "verify")
    checks.check(code in (1, 3) and "the log holds" not in out, f"{code} {out} {error}")
    checks.refused("no database", out + error, "from a backup")
restored()
checks.check(provider.run("log", "verify")["ok"], "restored")
checks.end()
