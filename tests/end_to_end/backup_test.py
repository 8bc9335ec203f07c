"""Backups hold no key; what is erased is gone from all of them; a directory is put back whole or
not at all, and goes on as one history."""

import base64
import json
import random
import shutil
import sqlite3
import time

import case
from canaries import spellings
from catalogue import public_entries
from provider import Checks, arguments, tree_hash
from story_parts import ARTICLE, PEOPLE, add_report, adopted, begin

provider = arguments()
checks = Checks()
run = provider.run
FOLDER, KEYS = provider.work / "backup", provider.work / "keys-apart"
SECRET = "Call Marta Placeholder, 555 0100"
dice = random.Random(20261122)


def backup(folder=FOLDER, keys=KEYS, **more):
    return run("backup", folder, "--keys", keys, **more)


def secrets_of(data):
    database = sqlite3.connect(f"file:{data}/proviso.db?mode=ro", uri=True)
    rows = database.execute("SELECT secret FROM log_addendum_key").fetchall()
    database.close()
    return [bytes(row[0]) for row in rows]


def content(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def restore(to, *more, folder=FOLDER, keys=KEYS, expect=0):
    return run("restore", folder, "--keys", keys, "--to", to, *more, expect=expect)


def of(data, *args, key=None, expect=0):
    """Runs a command on another data directory."""
    mine, provider.data = provider.data, data
    try:
        return run(*args, key=key, expect=expect)
    finally:
        provider.data = mine


def last_of(kind):
    entries = run("log", "show", "--limit", "10000")["entries"]
    return [entry["index"] for entry in entries if entry["type"] == kind][-1]


begin(provider, PEOPLE)
CASE, FINDING = case.open_case(provider)
report = add_report(provider, "article.txt", ARTICLE)
run("report", "join", report, "--case", CASE, key="anna")
run("case", "open", "--title", SECRET, key="anna")
TITLE = last_of("case.opened")
DECISION, _ = adopted(provider, CASE, FINDING)

# While `serve` runs, and with commands in between.
provider.serve()
answer = backup()
size = answer["size"]
checks.check(answer["copied"] >= 4 and answer["unreached"] == [], f"backup: {answer}")
checks.check(answer["log_key"].endswith("data.keys/log.key"), f"says where the key is: {answer}")
run("case", "open", "--title", "After the backup", key="anna")
provider.stop()
held = content(FOLDER)
for secret in secrets_of(provider.data):
    checks.check(not any(form in held for form in spellings(secret)), "a key is in the backup")
checks.check(SECRET.encode() not in held, "nothing confidential is in clear in the backup")
log_key = json.loads((provider.work / "data.keys/log.key").read_text())["seed"]
both = held + content(KEYS)
checks.check(log_key.encode() not in both, "the log's private key is in no backup")
checks.check(base64.b64decode(log_key) not in both, "nor its bytes")
manifest = json.loads((FOLDER / "manifest.json").read_text())
listed = {entry["path"] for entry in manifest["files"]}
there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
checks.check(listed | {"manifest.json"} == there, f"the manifest lists all: {listed ^ there}")
checks.check(sorted(path.name for path in KEYS.iterdir()) == ["part.keys"], "one file of keys")
first = provider.work / "backup-of-monday"
shutil.copytree(FOLDER, first)

# The second time only the log, the table and the configuration.
again = backup()
checks.check(again["copied"] <= 2 and again["size"] > size, f"the second backup: {again}")
checks.check(len(list(FOLDER.glob("log-*.db"))) == 1, "one log")

# Places that make no sense.
for folder, keys, words in (
    (FOLDER, FOLDER / "keys", "apart from what they open"),
    (FOLDER, FOLDER, "apart from what they open"),
    (provider.data / "backup", KEYS, "outside of the data directory"),
    (provider.work / "people", KEYS, "has other files"),
):
    checks.refused(f"{folder} {keys}", backup(folder, keys, expect=1), words)

# What is erased is gone from every copy, also where a place was not there for a while.
shown = of(provider.data, "case", "show", "case-2")["title"]
checks.check(shown == SECRET, f"the title is there: {shown}")
away = provider.work / "keys-away"
# What a backup left that was killed while it wrote this file.
(KEYS / ".tmp-killed").write_bytes((KEYS / "part.keys").read_bytes())
KEYS.rename(away)
erasure = [
    "erasure",
    "propose",
    TITLE,
    "--part",
    "details",
    "--basis",
    "mistake",
    "--reason",
    "No.",
]
proposed = run(*erasure, key="anna")["id"]
erased = run("erasure", "approve", proposed, key="ben")
checks.check([place["folder"] for place in erased["unreached"]] == [str(KEYS)], f"away: {erased}")
checks.check(len(run("erasure", "list")["unreached"]) == 1, "and it is said again")
away.rename(KEYS)
before = (KEYS / "part.keys").read_bytes()
checks.check(run("erasure", "list")["unreached"] == [], "until it is there")
checks.check((KEYS / "part.keys").read_bytes() != before, "the keys were written anew")
checks.check(sorted(path.name for path in KEYS.iterdir()) == ["part.keys"], "and lie nowhere else")
log = ["--published", provider.data / "log"]
old = provider.work / "of-monday"
answer = restore(old, *log, folder=first)
checks.check(answer["size"] == last_of("part.erased") + 1, f"brought forward: {answer}")
checks.check(answer["brought_forward"] > 0 and answer["absent_parts"] > 0, f"absent: {answer}")
states = {part["name"]: part["state"] for part in of(old, "log", "open", TITLE)["parts"]}
checks.check(states == {"act": "erased", "details": "erased"}, f"from Monday's copy: {states}")
checks.check(SECRET not in json.dumps(of(old, "case", "show", "case-2")), "it is not shown")
checks.check(tree_hash(old / "log") == tree_hash(provider.data / "log"), "the log is the same")
table = (provider.data / "table/current").read_bytes()
checks.check((old / "table/current").read_bytes() == table, "and the decision table")
shown = of(old, "report", "show", report, "--case", CASE, "--purpose", "review", key="anna")
checks.check("recordings of calls" in json.dumps(shown), "originals open")
# It goes on as the log would have: no second history.
of(old, "case", "open", "--title", "It goes on", key="anna")
checks.check(of(old, "log", "verify")["ok"], "the log verifies")
entries = public_entries(provider.data / "log")
checks.check(public_entries(old / "log")[: len(entries)] == entries, "one history")
refused = of(old, "backup", provider.work / "other", "--keys", KEYS)
checks.check(refused["size"] > 0, "it is longer than the log that its keys are of")
refused = backup(expect=1)
checks.refused("the lost directory, found again", refused, "still in use")

# All or nothing.
new = provider.work / "new"
checks.refused("no published log", restore(new, expect=1), "would fork the log", "--published")
checks.refused("over a directory", restore(old, *log, expect=1), "overwrites nothing")
bad = provider.work / "bad"
victims = sorted(listed - {"table/current"}) + ["manifest.json"]
for path in victims:
    shutil.rmtree(bad, ignore_errors=True)
    shutil.copytree(first, bad)
    whole = bytearray((bad / path).read_bytes())
    whole[len(whole) // 2] ^= 1
    (bad / path).write_bytes(whole)
    process = provider.start("restore", bad, "--keys", KEYS, "--to", new, *log)
    _, error = process.communicate()
    checks.check(process.returncode != 0, f"a changed {path} is restored")
    checks.check(not new.exists(), f"{path}: nothing is left of it")
shutil.rmtree(bad)
shutil.copytree(first, bad)
text = (bad / "manifest.json").read_text().replace('"path":"proviso.json"', '"path":"../x"')
(bad / "manifest.json").write_text(text)
checks.refused("a path outside", restore(new, *log, folder=bad, expect=3), "files of a backup")
fork = provider.work / "fork"
mine, provider.data = provider.data, provider.work / "another"
run("init")
provider.data = mine
other = ["--published", provider.work / "another/log"]
checks.refused("another log", restore(new, *other, expect=1), "checkpoint", "another log's")
checks.refused("no keys", restore(new, *log, keys=bad, expect=1), "--keys", "part.keys", "backup")
checks.refused("swapped", restore(new, *log, folder=KEYS, keys=FOLDER, expect=1), "no backup")
risky = restore(fork, "--accept-fork-risk", folder=first)
checks.check(
    risky["size"] == json.loads((first / "manifest.json").read_text())["size"], "as it was"
)

# kill -9 at any moment, of either: done again, it is whole.
shutil.rmtree(provider.work / "other", ignore_errors=True)
provider.data = old
killed = {"backup": 0, "restore": 0}
for turn in range(12):
    place = provider.work / f"killed-{turn % 3}"
    args = ["backup", place, "--keys", provider.work / "other-keys"]
    process = provider.start(*args)
    time.sleep(dice.random() * 0.25)
    killed["backup"] += process.poll() is None
    process.kill()
    process.communicate()
    if (place / "manifest.json").exists():
        target = provider.work / f"restored-{turn}"
        words = [place, "--keys", provider.work / "other-keys", "--to", target]
        words += ["--published", old / "log"]
        process = provider.start("restore", *words)
        time.sleep(dice.random() * 0.5)
        killed["restore"] += process.poll() is None
        process.kill()
        process.communicate()
        if not target.exists():
            run("restore", *words)
        checks.check(of(target, "log", "verify")["ok"], f"turn {turn}: the log verifies")
        same = tree_hash(target / "log") == tree_hash(old / "log")
        checks.check(same, f"turn {turn}: the same log")
    run(*args)
print(f"killed {killed}", flush=True)
checks.end()
