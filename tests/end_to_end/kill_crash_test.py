"""kill -9 at random moments over import, append, adopt and lift, and all acts of a story, with
and without `serve`.

Oracle: what was acknowledged is there, the log verifies, and what was cut off can be done again.
Usage: BINARY SOURCE WORK [KILLS [SEED]]
"""

import datetime
import json
import pathlib
import random
import sys

import case
import focus_rows
from provider import Checks, arguments, tree_hash, wait_until
from story_strikes import StoryStrikes
from striker import Striker

provider = arguments()
kills = int(sys.argv[4]) if len(sys.argv) > 4 else 40
seed = int(sys.argv[5]) if len(sys.argv) > 5 else 20261122
print(f"seed {seed}, {kills} kills", flush=True)
dice = random.Random(seed)
checks = Checks()

provider.run("init")
provider.import_examples()
provider.make_people()
CASE, FINDING = case.open_case(provider)
acknowledged = {"claims": set(), "deliveries": set()}
files = 0
striker = Striker(provider, dice)
strike = striker.strike
story = StoryStrikes(striker, provider, checks)


def usage_file():
    """A file of its own billing period, so that no file replaces another one."""
    global files
    files += 1
    month = datetime.date(2001 + files // 12, files % 12 + 1, 1)
    rows = [focus_rows.row(f"sub-{i}", month, f"{files}.{i}") for i in range(300)]
    return provider.write(f"usage-{files}.csv", focus_rows.csv_text(rows))


def audit():
    report = provider.run("log", "verify")
    checks.check(report["ok"], f"log verify after kill {striker.killed}: {report}")
    claims = {claim["id"] for claim in provider.run("case", "show", CASE)["claims"]}
    checks.check(
        acknowledged["claims"] <= claims,
        f"kill {striker.killed}: lost claims {acknowledged['claims'] - claims}",
    )
    known = {row[0] for row in provider.run("usage", "list")["rows"]}
    checks.check(
        acknowledged["deliveries"] <= known,
        f"kill {striker.killed}: lost deliveries {acknowledged['deliveries'] - known}",
    )
    story.audit()


def strike_append():
    answer = strike(
        "append", ["claim", "add", "--case", CASE, "--text", f"Claim {striker.killed}"], key="anna"
    )
    if answer:
        acknowledged["claims"].add(answer["id"])


def strike_import():
    path = usage_file()
    answer = strike("import", ["import", "usage", path])
    if answer is None:
        answer = provider.run("import", "usage", path)  # resumes, or is a no-op
    rows = answer["rows"]
    checks.check(rows["read"] == rows["imported"] + rows["skipped"] == 300, f"import: {rows}")
    acknowledged["deliveries"].add(answer["files"][0]["delivery"])


def verdict():
    question = {
        "subscription": case.SUBSCRIPTIONS[0],
        "service": "blob-store",
        "region": "nl-1",
        "operation": "read",
    }
    return provider.run("decide", "--stdin", stdin=(json.dumps(question) + "\n").encode())[
        "verdict"
    ]


def strike_decision():
    decision = case.propose(provider, CASE, case.decision_text([FINDING]))
    case.plan_and_sign(provider, decision)
    provider.run("decision", "statement", decision, "--issue", key="lea")
    finish(decision, "deny", "adopt")
    lifting = provider.run("decision", "lift", decision, "--reason", "Test.", key="anna")["id"]
    case.plan_and_sign(provider, lifting)
    provider.run("decision", "statement", lifting, "--issue", key="lea")
    finish(lifting, "allow", "lift")


def finish(decision, expected, kind):
    answer = strike(kind, ["decision", "adopt", decision], key="eva")
    status = provider.run("decision", "show", decision)["status"]
    checks.check(
        status == "adopted" or answer is None,
        f"{kind} of {decision} was acknowledged and is {status}",
    )
    if status != "adopted":
        provider.run("decision", "adopt", decision, key="eva")
    checks.check(
        verdict() == expected, f"after {kind} of {decision} the verdict must be {expected}"
    )


# In an order of chance, and each as often as the others.
deck = []
while striker.killed < kills:
    if not deck:
        deck = [strike_append, strike_import, strike_decision, *story.all()]
        dice.shuffle(deck)
    deck.pop()()
    audit()

left = story.left_over()
print(f"files that dead commands left: {left}", flush=True)
originals = story.open_originals()
print(f"{originals} originals have their hash", flush=True)


def processes():
    """Of this data directory, parsers of documents among them."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue  # it ended meanwhile
        if words[0] == provider.binary.encode() and str(provider.data).encode() in words:
            found.append(path.parent.name)
    return found


checks.check(wait_until(lambda: not processes()), f"processes of dead commands: {processes()}")

# Projections dropped and rebuilt come out the same, also those of a server that did the work.
provider.serve()
case.plan_and_sign(
    provider, case.propose(provider, CASE, case.decision_text([FINDING], regions="ie-1"))
)
provider.run("export", provider.work / "before")
provider.run("log", "rebuild")
provider.run("export", provider.work / "after")
provider.stop()
provider.run("export", provider.work / "opened")
# Each is an entry of the log, and so differs from the next by that alone.
exports = {tree_hash(provider.work / name / "state") for name in ("before", "after", "opened")}
tables = {tree_hash(provider.work / name / "table") for name in ("before", "after", "opened")}
same = len(exports) == len(tables) == 1
checks.check(same, "exports before and after a rebuild, or of another process, differ")
striker.print_counts()
print(
    f"{story.recorded_unheard} acts of the story were recorded though nobody was told", flush=True
)
checks.check(
    striker.cut_off > kills // 3,
    f"only {striker.cut_off} of {striker.killed} kills hit a command at work",
)
checks.end()
