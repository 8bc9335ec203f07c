"""One damaged confidential part of each kind: the rest goes on, what rests on it is closed and
says so, and the printed remedy, done to the letter, brings it back with all that came later."""

import json
import re
import shlex
import shutil
import sqlite3
import subprocess

import case
from provider import Checks, arguments

provider = arguments()
checks = Checks()
run = provider.run
provider.run("init")
provider.import_examples()
provider.make_people()
FIRST, FINDING = case.open_case(provider)
decision = case.propose(provider, FIRST, case.decision_text([FINDING]))
case.plan_and_sign(provider, decision)
case.adopt(provider, decision)
FOLDER, KEYS = provider.work / "backup", provider.work / "keys-apart"
run("backup", FOLDER, "--keys", KEYS)
LATER = run("case", "open", "--title", "Later than the backup", key="anna")["id"]
run("claim", "add", "--case", LATER, "--text", "A later claim", key="anna")

entries = run("log", "show")["entries"]
SIZE = len(entries)
WHOLE = provider.data
DAMAGED = provider.work / "dam"
EARLIER = provider.work / "earlier"


def entry_of(kind, newest=False):
    found = [entry["index"] for entry in entries if entry["type"] == kind]
    return found[-1 if newest else 0]


def shown():
    """The first case, without how long the log is: a backup is an entry, too."""
    answer = run("case", "show", FIRST)
    del answer["verify"]
    return answer


CASES = run("case", "list")
SHOWN = shown()


def said(*args, key=None):
    process = provider.start(*args, key=key)
    out, err = process.communicate()
    return process.returncode, out.decode(), err.decode()


def damage(statement):
    with sqlite3.connect(provider.data / "proviso.db") as database:
        changed = database.execute(statement).rowcount
    database.close()
    checks.check(changed == 1, f"{statement}: {changed} rows")


def again(statement):
    """A copy of the directory with that damage, and of the backups as they were before it."""
    for folder in (DAMAGED, FOLDER, KEYS, provider.work / "new"):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(WHOLE, DAMAGED)
    shutil.copytree(EARLIER / "backup", FOLDER)
    shutil.copytree(EARLIER / "keys-apart", KEYS)
    provider.data = DAMAGED
    damage(statement)


shutil.copytree(FOLDER, EARLIER / "backup")
shutil.copytree(KEYS, EARLIER / "keys-apart")


def names(text, index, part):
    return text.count(f"entry {index}: its confidential part `{part}` is damaged") == 1


def follow(warning):
    """The two commands that the warning gives, with its words in capitals replaced."""
    commands = re.findall(r"`proviso ((?:backup|restore) [^`]*)`", warning)
    checks.check(len(commands) == 2, f"two commands in the remedy: {warning}")
    codes = []
    for command in commands:
        for word, meant in (("FOLDER2", KEYS), ("FOLDER", FOLDER), ("NEW", provider.work / "new")):
            command = re.sub(rf"\b{word}\b", str(meant), command)
        done = subprocess.run(
            [provider.binary, "-C", DAMAGED, *shlex.split(command)],
            capture_output=True,
            text=True,
            check=False,
        )
        codes.append(done.returncode)
        if done.returncode not in (0, 3):
            print(command, done.stdout, done.stderr)
    return codes


def the_rest_goes_on(what, index, part):
    for words in (("case", "list"), ("case", "show", FIRST), ("log", "show"), ("roster", "show")):
        code, _, error = said(*words)
        checks.check(code == 0, f"{what}: {words}: exit {code} {error}")
        checks.check(names(error, index, part), f"{what}: {words} warns once: {error}")
    _, _, warning = said("case", "list", "--json")
    export = provider.work / "export"
    shutil.rmtree(export, ignore_errors=True)
    code, out, error = said("export", export)
    checks.check(code == 3 and f"`{part}`" in out, f"{what}: export: {code} {out} {error}")
    checks.check((export / "state" / "cases" / f"{LATER}.json").exists(), f"{what}: exported")
    return warning


def looks_find_it(what, index, part):
    code, out, _ = said("log", "verify", "--json")
    checks.check(code == 1 and f'"entry":{index}' in out.replace(" ", ""), f"{what}: {code} {out}")
    checks.check("directory does not open" not in out, f"{what}: verify: {out}")
    code, out, _ = said("log", "open", index, "--json")
    states = {item["name"]: item["state"] for item in json.loads(out)["parts"]}
    checks.check(code == 1 and states[part] == "damaged", f"{what}: log open: {code} {out}")
    code, out, _ = said("files", "check")
    checks.check(code == 1 and f"`{part}`" in out, f"{what}: files check: {code} {out}")


def whole_again(what):
    provider.data = provider.work / "new"
    code, _, error = said("case", "list")
    checks.check(code == 0 and "damaged" not in error, f"{what}: restored: {error}")
    checks.check(run("case", "list") == CASES, f"{what}: all cases")
    checks.check(shown() == SHOWN, f"{what}: the first case")
    report = run("log", "verify")
    lost = [report["addenda"][state] for state in ("absent", "damaged", "erased")]
    checks.check(report["ok"] and lost == [0, 0, 0], f"{what}: all parts are held: {report}")


def where(index, part):
    return f"WHERE position = {index} AND name = '{part}'"


CLAIM = (entry_of("claim.added"), "details")
PLAN = (entry_of("decision.planned"), "plan")
SEALED = "UPDATE log_addendum SET sealed = zeroblob(32) "
HARMS = [
    ("a claim's text", CLAIM, SEALED),
    ("the row of its sealed half", CLAIM, "DELETE FROM log_addendum "),
    ("its digest", CLAIM, "UPDATE log_addendum SET digest = zeroblob(3) "),
    ("its key", CLAIM, "UPDATE log_addendum_key SET secret = zeroblob(32) "),
    ("its key, cut short", CLAIM, "UPDATE log_addendum_key SET secret = zeroblob(9) "),
    ("the row of its key", CLAIM, "DELETE FROM log_addendum_key "),
    ("an act", (entry_of("case.opened"), "act"), SEALED),
    ("the plan in force", PLAN, SEALED),
    ("a decision's file", (entry_of("decision.proposed"), "details"), SEALED),
    ("a statement", (entry_of("statement.issued"), "statement"), SEALED),
    ("the catalogue", (entry_of("catalogue.imported"), "catalogue"), SEALED),
    ("the customers", (entry_of("customers.imported"), "customers"), SEALED),
    ("the terms", (entry_of("terms.imported"), "terms"), SEALED),
    ("the names of the roster", (entry_of("roster.proposed"), "names"), SEALED),
    ("the key of the pseudonyms", (0, "pseudonym_key"), SEALED),
]
for what, (index, part), harm in HARMS:
    again(harm + where(index, part))
    table = (DAMAGED / "table/current").read_bytes()
    warning = the_rest_goes_on(what, index, part)
    looks_find_it(what, index, part)
    checks.check((DAMAGED / "table/current").read_bytes() == table, f"{what}: the table in force")
    codes = follow(warning)
    checks.check(codes == [3, 0], f"{what}: the remedy: {codes}")
    logs = sorted(path.name for path in FOLDER.glob("log-*"))
    checks.check(len(logs) == 1, f"{what}: the backup is whole: {logs}")
    whole_again(what)


# What rests on a damaged part is closed, and says on what; nothing is dropped in silence.
def closed(what, place, words, *expected, key=None, code=3):
    again(SEALED + where(*place))
    table = (DAMAGED / "table/current").read_bytes()
    found, out, error = said(*words, key=key)
    checks.check((DAMAGED / "table/current").read_bytes() == table, f"{what}: the table stays")
    checks.check(found == code, f"{what}: exit {found} {out} {error}")
    checks.refused(what, error, f"log entry {place[0]}", f"`{place[1]}`", *expected)


examples = provider.source / "examples"
other = provider.write(
    "terms.yaml", (examples / "terms.yaml").read_text().replace("decision: 2", "decision: 3")
)
roster = provider.work / "roster.yaml"
words = ("import", "catalogue", examples / "catalogue.yaml")
closed("a new table", PLAN, words, "cannot be read", "table", key="adam", code=1)
place = (entry_of("decision.proposed"), "details")
closed("a catalogue without the file", place, words, "in force", key="adam")
words = ("roster", "propose", roster)
closed("a roster without the key", (0, "pseudonym_key"), words, "cannot be read", key="adam")

again(SEALED + where(*PLAN))
run("decision", "lift", decision, "--emergency", "--reason", "Its plan is damaged.", key="eva")
checks.check(run("log", "rebuild")["size"] > SIZE, "a decision with a damaged plan can be lifted")
again(SEALED + where(entry_of("catalogue.imported"), "catalogue"))
run("import", "catalogue", examples / "catalogue.yaml", key="adam")
checks.check(run("case", "show", FIRST) is not None, "the catalogue is imported again")
again(SEALED + where(entry_of("terms.imported"), "terms"))
code, _, error = said("import", "terms", other, key="adam")
checks.check(code == 1 and "other words" in error, f"other terms of the same version: {error}")
run("import", "terms", examples / "terms.yaml", key="adam")

# `serve` answers with the table in force, tells it in the journal, and counts it.
again(SEALED + where(*PLAN))
provider.serve()
checks.check(bool(provider.ports), "serve starts")
server, provider.server = provider.server, None
server.terminate()
_, journal = server.communicate()
checks.check(names(journal.decode(), *PLAN), f"the journal: {journal.decode()}")
checks.check("alarm" in journal.decode().lower(), f"as an alarm: {journal.decode()}")

# What no backup has is erased, and then the log says so and nobody is warned.
again(SEALED + where(entry_of("claim.added", newest=True), "details"))
newest = entry_of("claim.added", newest=True)
answer = run("backup", FOLDER, "--keys", KEYS, expect=3)
logs = sorted(path.name for path in FOLDER.glob("log-*.db"))
checks.check(len(logs) == 2, f"logs of earlier backups stay: {logs} {answer}")
code, _, error = said("restore", FOLDER, "--keys", KEYS, "--to", "new", "--accept-fork-risk")
checks.check(code == 3 and f"entry {newest}" in error, f"a restore names it: {code} {error}")
code, out, error = said(
    *("restore", FOLDER, "--keys", KEYS, "--to", "new", "--accept-fork-risk", "--accept-missing")
)
checks.check(code == 0 and "left out" in out, f"{code} {out} {error}")
provider.data = DAMAGED
words = ["--part", "details", "--part", "act", "--basis", "mistake", "--reason", "Lost."]
erasure = run("erasure", "propose", newest, *words, key="anna")["id"]
run("erasure", "approve", erasure, key="ben")
_, _, error = said("case", "list")
checks.check("damaged" not in error, f"after the erasure: {error}")
checks.end()
