"""`proviso point`: follows a table file, and serves the last good table whatever comes instead."""

import os
import signal

import case
import metrics_document
from decision_point import Point
from provider import Checks, arguments, wait_until

LAST_GOOD_SECONDS = 1
SERVE_YAML = f"""\
listeners:
  - address: 127.0.0.1:0
    protocol: forward-auth
    overwritten_by: nginx
    last_good_seconds: {LAST_GOOD_SECONDS}
  - address: 127.0.0.1:0
    protocol: forward-auth
    overwritten_by: nginx
    trouble: open
    last_good_seconds: {LAST_GOOD_SECONDS}
  - address: 127.0.0.1:0
    protocol: forward-auth
    overwritten_by: nginx
"""
STRICT, OPEN, ALWAYS = range(3)
CELL = (case.SUBSCRIPTIONS[0], "blob-store", "nl-1", "read")

provider = arguments()
checks = Checks()
provider.run("init")
provider.import_examples()
provider.make_people()
CASE, FINDING = case.open_case(provider)
config = provider.write("serve.yaml", SERVE_YAML)
share = provider.work / "share"
share.mkdir()
state = provider.work / "state"
state.mkdir()
running = []


def point(*args, table=None, kept=True, listeners=None):
    started = Point(
        provider,
        table or share / "current",
        *(["--state", state] if kept else []),
        *args,
        config=listeners or config,
    )
    running.append(started)
    return started


def serve():
    return provider.serve(table_to=share)


def answers(asked):
    """What each listener says to the cell: its status, code and table."""
    found = []
    for listener in (STRICT, OPEN, ALWAYS):
        status, headers = asked.ask(*CELL, listener=listener)
        found.append((status, headers.get("X-Proviso-Code"), headers.get("X-Proviso-Table")))
    return found


def settles(asked, expected):
    return wait_until(lambda: answers(asked) == expected, 10)


def replace(path, content):
    other = path.with_name("other")
    other.write_bytes(content)
    os.replace(other, path)


def before_the_first_table():
    asked = point(kept=False)
    checks.check(
        answers(asked)
        == [(403, "no-table", None)] * 3,
        f"before the first table nothing is allowed, whatever `trouble` says: {answers(asked)}",
    )
    checks.check(asked.get("/readyz")[0] == 503, "without a table, nothing is ready")
    checks.check(asked.get("/healthz")[0] == 200, "without a table, it is healthy")
    checks.check(
        wait_until(lambda: asked.has_said("ALARM", "current"), 5), f"that is said: {asked.said}"
    )
    return asked


def follow(asked):
    serve()
    table = provider.run("log", "rebuild")["table"]
    checks.check(
        settles(asked, [(200, None, str(table))] * 3), f"the first table: {answers(asked)}"
    )
    decision = case.propose(provider, CASE, case.decision_text([FINDING]))
    case.plan_and_sign(provider, decision)
    case.adopt(provider, decision)
    table = provider.run("log", "rebuild")["table"]
    denied = [(403, "restricted", str(table))] * 3
    checks.check(settles(asked, denied), f"a decision is in force at once: {answers(asked)}")
    return decision, denied


def without_a_maker(asked, denied):
    provider.stop()
    table = denied[0][2]
    stale = [(403, "stale-table", None), (200, "stale-table", None), (403, "restricted", table)]
    checks.check(settles(asked, stale), f"nobody says that it is the newest: {answers(asked)}")
    serve()
    checks.check(settles(asked, denied), f"somebody says so again: {answers(asked)}")
    # Stopped in its tracks, as a machine that hangs: the file stays, and nobody stands up for it.
    os.kill(provider.server.pid, signal.SIGSTOP)
    checks.check(settles(asked, stale), f"a maker that hangs: {answers(asked)}")
    os.kill(provider.server.pid, signal.SIGCONT)
    checks.check(settles(asked, denied), f"a maker that goes on: {answers(asked)}")


def figures(asked):
    """The figures of `asked` about its table, by name and reason."""
    _, text = metrics_document.scrape(asked.ready["metrics_port"])
    return {
        (name, labels.get("reason")): number
        for family, (_, samples) in metrics_document.parse(text).items()
        if family.startswith("proviso_table_")
        for name, labels, number in samples
    }


def bad_files(asked, denied):
    good = (share / "current").read_bytes()
    provider.stop()
    before = figures(asked)
    checks.check(before["proviso_table_alarm", None] == 0, f"no alarm before: {before}")
    newest = before["proviso_table_newest", None]
    checks.check(newest == int(denied[0][2]), f"the heartbeat's number is a figure: {newest}")
    for name, content, words in [
        ("nothing", b"", "truncated"),
        ("half of it", good[: len(good) // 2], "truncated"),
        ("one bit", bytes([*good[:300], good[300] ^ 1, *good[301:]]), "checksum"),
        ("a version of the future", good[:8] + b"\x63" + good[9:], "version"),
        ("something else", b"listeners: []\n" * 100, "PRVTABLE"),
    ]:
        replace(share / "current", content)
        wanted = words if words != "truncated" else "current"
        checks.check(
            wait_until(lambda: asked.has_said("ALARM", wanted), 5),
            f"{name} is refused, and why is said: {asked.said[-2:]}",
        )
        checks.check(
            asked.ask(*CELL, listener=ALWAYS)[1]["X-Proviso-Table"] == denied[0][2],
            f"{name}: the last good table stays",
        )
        asked.said.clear()
    after = figures(asked)
    checks.check(after["proviso_table_alarm", None] == 1, f"the alarm is a figure: {after}")
    for reason, count in (("truncated", 2), ("damaged", 2), ("other-version", 1)):
        name = ("proviso_table_rejected_total", reason)
        rose = after[name] - before[name]
        checks.check(rose == count, f"{count} files were rejected as {reason}, not {rose}")
    # Written over in place, as `cp` does: the file that is served shrinks below its length.
    with open(share / "current", "wb") as file:
        file.write(good[:100])
    (share / "current").unlink()
    checks.check(
        wait_until(lambda: asked.has_said("ALARM", "No such file"), 5), f"it is gone: {asked.said}"
    )
    checks.check(answers(asked)[ALWAYS] == denied[0], "and the last good table stays")
    asked.end(kill=True)
    again = point()
    checks.check(answers(again)[ALWAYS] == denied[0], "killed and begun again, from its own copy")
    checks.check(
        answers(again)[STRICT][1] == "stale-table", "of which nobody says that it is the newest"
    )
    return again, good


def rolled_back(asked, old, new):
    provider.stop()
    replace(share / "current", old)
    checks.check(
        wait_until(lambda: asked.has_said("ALARM", "older"), 5),
        f"an older table is refused: {asked.said}",
    )
    checks.check(answers(asked)[ALWAYS][2] == new, "and the newer one stays")


try:
    first = before_the_first_table()
    decision, denied = follow(first)
    first.end()
    asked = point("--metrics", "127.0.0.1:0")
    checks.check(settles(asked, denied), f"begun again: {answers(asked)}")
    without_a_maker(asked, denied)
    asked, newest = bad_files(asked, denied)
    serve()
    checks.check(settles(asked, denied), f"all is well again: {answers(asked)}")
    case.lift(provider, decision)
    checks.check(
        wait_until(lambda: answers(asked)[ALWAYS][0] == 200, 10), "what was lifted is allowed"
    )
    rolled_back(asked, newest, answers(asked)[ALWAYS][2])
    checks.check(asked.end() == 0, "it ends in order when it is asked to")
finally:
    for one in running:
        one.end(kill=True)
    provider.stop()
checks.end()
