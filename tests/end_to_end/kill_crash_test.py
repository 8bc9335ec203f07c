"""kill -9 at random moments over import, append, adopt and lift, with and without `serve`.

Oracle: what was acknowledged is there, the log verifies, and what was cut off can be done again.
Usage: BINARY SOURCE WORK [KILLS [SEED]]
"""

import datetime
import json
import random
import sys
import time

import case
import focus_rows
from provider import Checks, arguments, tree_hash

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
killed = cut_off = files = 0
durations = {}


def usage_file():
    """A file of its own billing period, so that no file replaces another one."""
    global files
    files += 1
    month = datetime.date(2001 + files // 12, files % 12 + 1, 1)
    rows = [focus_rows.row(f"sub-{i}", month, f"{files}.{i}") for i in range(300)]
    return provider.write(f"usage-{files}.csv", focus_rows.csv_text(rows))


def strike(kind, args, key=None):
    """Runs a command and kills it, or the server that does it, at a random moment of its life.

    Answers what the command printed when it was acknowledged, else None."""
    global killed, cut_off
    with_server = dice.random() < 0.5
    if with_server:
        provider.serve()
    typical = durations.get((kind, with_server), 0.3)
    begin = time.monotonic()
    process = provider.start(*args, "--json", key=key)
    victim = provider.server if with_server else process
    time.sleep(dice.random() * typical * 1.2)
    alive = victim.poll() is None and process.poll() is None
    victim.kill()
    victim.wait()
    out, err = process.communicate()
    killed += 1 if alive else 0
    if with_server:
        for pipe in (provider.server.stdin, provider.server.stdout, provider.server.stderr):
            pipe.close()
        provider.server = None
    if process.returncode == 0:
        if not alive:
            durations[(kind, with_server)] = 0.7 * typical + 0.3 * (time.monotonic() - begin)
        return json.loads(out)
    durations[(kind, with_server)] = typical * 1.1 if alive else typical
    cut_off += 1
    return None


def audit():
    report = provider.run("log", "verify")
    checks.check(report["ok"], f"log verify after kill {killed}: {report}")
    claims = {claim["id"] for claim in provider.run("case", "show", CASE)["claims"]}
    checks.check(
        acknowledged["claims"] <= claims,
        f"kill {killed}: lost claims {acknowledged['claims'] - claims}",
    )
    known = {row[0] for row in provider.run("usage", "list")["rows"]}
    checks.check(
        acknowledged["deliveries"] <= known,
        f"kill {killed}: lost deliveries {acknowledged['deliveries'] - known}",
    )


def strike_append():
    answer = strike(
        "append", ["claim", "add", "--case", CASE, "--text", f"Claim {killed}"], key="anna"
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


while killed < kills:
    dice.choice([strike_append, strike_append, strike_import, strike_decision])()
    audit()

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
exports = {tree_hash(provider.work / name) for name in ("before", "after", "opened")}
checks.check(len(exports) == 1, "exports before and after a rebuild, or of another process, differ")
print(f"{killed} kills, {cut_off} commands cut off before they were acknowledged")
checks.check(cut_off > kills // 3, f"only {cut_off} of {killed} kills hit a command at work")
checks.end()
