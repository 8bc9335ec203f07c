"""A decision takes the place of another: what points answer, people read, the log proves."""

import urllib.error
import urllib.request

import case
from provider import Checks, arguments
from story_parts import PEOPLE, Watch, adopted, begin, day

provider = arguments()
checks = Checks()
watch = Watch(provider, checks)
watch.KEPT = ("log",)  # a server beats its heart beside the table
refused = watch.refused
run = provider.run
SUBSCRIPTION = case.SUBSCRIPTIONS[0]
OTHER_UNIT = "example-broadcaster-archive"
OTHER_SUBSCRIPTION = "sub-broadcaster-archive"


def told(*args, key=None):
    """What the program prints for people."""
    process = provider.start(*args, key=key)
    out, error = process.communicate(b"")
    checks.check(process.returncode == 0, f"{args}: {error.decode()}")
    return out.decode()


def says(what, text, *parts):
    missing = [part for part in parts if part not in text]
    checks.check(not missing, f"{what}: expected {missing} in: {text}")


def says_not(what, text, *parts):
    found = [part for part in parts if part in text]
    checks.check(not found, f"{what}: found {found} in: {text}")


def in_place_of(*decisions, **more):
    """A decision file that supersedes `decisions`."""
    return lambda facts: case.decision_text(facts, supersedes=decisions, **more)


def prepared(case_id, finding, file):
    """A decision that only waits for its adoption."""
    decision = case.propose(provider, case_id, file([finding]))
    case.plan_and_sign(provider, decision)
    run("decision", "statement", decision, "--issue", key="lea")
    return decision


def verdict(operation, service="blob-store", region="nl-1"):
    """Of the machine that asks, and of the command line: the same, and by which decision."""
    asked = run(
        *["decide", "--subscription", SUBSCRIPTION, "--service", service],
        *["--region", region, "--operation", operation],
    )
    question = urllib.request.Request(
        f"http://127.0.0.1:{provider.ports['ports'][0]}/authz/forward",
        headers={
            "X-Proviso-Subscription": SUBSCRIPTION,
            "X-Proviso-Service": service,
            "X-Proviso-Region": region,
            "X-Original-Method": {"read": "GET", "write": "PUT"}[operation],
        },
    )
    try:
        with urllib.request.urlopen(question, timeout=10) as answer:
            pointed = (answer.status, answer.headers["X-Proviso-Restriction"])
    except urllib.error.HTTPError as error:
        pointed = (error.code, error.headers["X-Proviso-Restriction"])
    by = asked["restriction"]
    expected = (200 if asked["verdict"] == "allow" else 403, by)
    checks.check(pointed == expected, f"{operation}: the point says {pointed}, not {expected}")
    return by.split("/")[0] if by else None


def page(case_id):
    path = provider.work / "page.html"
    path.unlink(missing_ok=True)
    told("case", "show", case_id, "--html", path)
    return path.read_text(encoding="utf-8")


def difference(shown):
    """{list: {(service, region): operations}} of the subscription that is asked about."""
    return {
        name: {
            (item["service"], item["region"]): item["operations"]
            for item in shown["table_difference"][name]
            if item["subscription"] == SUBSCRIPTION
        }
        for name in ("denied", "allowed", "stays")
    }


def one_takes_the_place_of_another():
    case_id, finding = case.open_case(provider)
    first, code = adopted(provider, case_id, finding, stage="read-only", regions="nl-1, ie-1")
    checks.check(verdict("write") == first and verdict("read") is None, "the first is in force")
    second = case.propose(
        provider,
        case_id,
        in_place_of(first, kind="final", classes="object-storage", stage="suspended")([finding]),
    )
    says("before the plan", told("decision", "show", second), f"Intended in the place of {first}")
    shown = case.plan_and_sign(provider, second)
    checks.check(shown["supersedes"] == [first], f"the plan: {shown['supersedes']}")
    means = difference(shown)
    store = ("blob-store", "nl-1")
    checks.check(means["denied"][store] == ["read", "delete"], f"denied: {means}")
    checks.check(means["stays"][store] == ["create", "invoke", "write"], f"stays: {means}")
    checks.check(store not in means["allowed"], f"nothing of it opens: {means}")
    writes = ["create", "invoke", "write"]
    checks.check(means["allowed"][("blob-store", "ie-1")] == writes, f"opens elsewhere: {means}")
    for text in (told("decision", "show", second), told("decision", "plan", second, key="anna")):
        says(
            *["the plan, to people", text, f"takes the place of {first}"],
            *["denied from then on", "allowed again", "stays denied"],
        )
    case.plan_and_sign(provider, second)
    statement = told("decision", "statement", second)
    says("statement", statement, "What this takes the place of", first, "for good")
    run("decision", "statement", second, "--issue", key="lea")
    checks.check(verdict("write") == first, "until it is adopted, the first holds")
    run("decision", "adopt", second, key="eva")
    checks.check(verdict("write") == second and verdict("read") == second, "the second answers")
    checks.check(verdict("write", region="ie-1") is None, "what it does not restrict is open")
    ended = run("decision", "show", first)
    at = run("decision", "show", second)["adopted_at"]
    checks.check(
        (ended["status"], ended["in_force"], ended["superseded_by"], ended["superseded_at"])
        == ("superseded", False, second, at),
        f"at the same instant: {ended['status']} {ended['superseded_at']} {at}",
    )
    checks.check(ended["table_difference"] is None, "nothing is pending of it")
    says("to people", told("decision", "show", first), f"superseded by {second} at {at}")
    timeline = run("case", "show", case_id)["timeline"]
    line = f"adopted {second}: in force, in the place of {first}"
    checks.check(line in [entry["text"] for entry in timeline], f"timeline: {timeline[-3:]}")
    html = page(case_id)
    says("page", html, "Superseded", "Took the place of", "No longer in force")
    read_by_others(case_id, first, second)
    appealed(first, second, code)
    return case_id, finding, first, second


def read_by_others(case_id, first, second):
    for audience in ("staff", "public"):
        about = ["notice", "show", audience, "--decision"]
        says(audience, told(*about, second), f"It took the place of {first}")
        says(audience, told(*about, first), f"when {second} took its place", "Nothing of it")
        told("notice", "issue", audience, "--decision", first, key="lea")
        says(
            "update",
            told("notice", "show", "update", "--case", case_id, "--audience", audience),
            f"{first} ended on",
            f"when {second} took its place",
        )


def appealed(first, second, code):
    """The customer may still say that the first was wrong; nothing of it is left to lift."""
    letter = provider.write("letter.txt", "It was not us.\n")
    appeal = run("appeal", "file", letter, "--code", code)["id"]
    run("appeal", "decide", appeal, "--outcome", "reversed", "--reason", "Right.", key="hana")
    says(
        "the answer",
        told("notice", "show", "appeal-answer", "--appeal", appeal),
        f"when {second} took its place",
    )
    lift = ["decision", "lift", first, "--reason", "x"]
    refused("lift what gave way", *lift, parts=["nothing", "superseded at", second], key="anna")
    refused("in an emergency", *lift, "--emergency", parts=[f"by {second}"], key="eva")
    other = run("decision", "lift", second, "--appeal", appeal, "--reason", "Won.", key="anna")[
        "id"
    ]
    checks.check(run("decision", "show", other)["appeal"] == appeal, "the later is lifted for it")
    run("decision", "withdraw", other, "--reason", "Another one follows.", key="anna")


def the_end_of_the_later_is_no_return(first, second):
    case.lift(provider, second, "The use has ceased.")
    checks.check(verdict("write") is None and verdict("read") is None, "nothing holds any more")
    checks.check(run("decision", "show", first)["status"] == "superseded", "and nothing comes back")
    checks.check(run("decision", "show", second)["status"] == "lifted", "the later is lifted")


def what_cannot_be_superseded(case_id, finding, first, second):
    path = provider.write("refused.yaml", in_place_of(first)([finding]))
    propose = ["decision", "propose", "--case", case_id]
    refused("superseded", *propose, path, parts=["in force", f"by {second}"], key="anna")
    files = {
        "lifted": ([second], ["in force", "lifted at"]),
        "never there": (["decision-99"], ["there is no decision", "decision-99"]),
        "a restriction": ([f"{first}/1"], ["ends as a whole", first]),
        "twice": ([first, first], ["given twice"]),
        "no decision": (["Yara Invented-Listener"], ["there is no decision"]),
    }
    for what, (names, parts) in files.items():
        path = provider.write("refused.yaml", in_place_of(*names)([finding]))
        refused(what, *propose, path, parts=parts, key="anna")
    # Its own number, which is the next one.
    last = int(run("case", "show", case_id)["decisions"][-1]["id"].split("-")[1])
    path = provider.write("refused.yaml", in_place_of(f"decision-{last + 1}")([finding]))
    refused("itself", *propose, path, parts=["there is no decision"], key="anna")


def of_two_the_first_wins(case_id, finding):
    first, _ = adopted(provider, case_id, finding, stage="read-only")
    rivals = [
        prepared(case_id, finding, in_place_of(first, stage=stage))
        for stage in ("suspended", "no-new")
    ]
    run("decision", "adopt", rivals[1], key="eva")
    checks.check(verdict("write") is None, "the milder one holds")
    adopt = ["decision", "adopt", rivals[0]]
    refused("the slower one", *adopt, parts=["stale", f"by {rivals[1]}"], key="eva")
    step = run("decision", "show", rivals[0])["next"]
    checks.check(step["act"] == "decision withdraw", f"nothing else is left to do: {step}")
    refused("planned anew", "decision", "plan", rivals[0], parts=[f"by {rivals[1]}"], key="anna")
    run("decision", "withdraw", rivals[0], "--reason", "It came too late.", key="anna")
    third = prepared(case_id, finding, in_place_of(rivals[1], stage="suspended"))
    run("decision", "lift", rivals[1], "--emergency", "--reason", "A hospital.", key="eva")
    adopt = ["decision", "adopt", third]
    refused("lifted since the plan", *adopt, parts=["stale", "lifted at"], key="eva")
    run("decision", "review", rivals[1], "--outcome", "confirmed", "--reason", "Yes.", key="ben")
    run("decision", "withdraw", third, "--reason", "Nothing is left.", key="anna")


def another_case_and_another_customer():
    one, finding = case.open_case(provider)
    first, _ = adopted(provider, one, finding, stage="read-only")
    two, again = case.open_case(provider)
    run("conflict", "declare", "--case", one, "--reason", "A relative.", key="rita")
    text = in_place_of(first)([again])
    path = provider.write("conflict.yaml", text)
    propose = ["decision", "propose", "--case", two, path]
    refused("with a conflict there", *propose, parts=["conflict", one], key="rita")
    ends = f"suspended\n    until: {day(40)}T00:00:00Z"
    second = prepared(two, again, in_place_of(first, stage=ends))
    run("decision", "adopt", second, key="eva")
    asked = ["decide", "--subscription", SUBSCRIPTION, "--service", "blob-store"]
    asked += ["--region", "nl-1", "--operation", "write", "--at", f"{day(40)}T00:00:00Z"]
    checks.check(run(*asked)["verdict"] == "allow", "when the later ends, nothing comes back")
    checks.check(verdict("read") == second, "of another case of the customer")
    ended = [entry["text"] for entry in run("case", "show", one)["timeline"]]
    checks.check(any(f"in the place of {first}" in text for text in ended), f"told there: {ended}")
    says(
        "public, of the later",
        told("notice", "show", "public", "--decision", second),
        "It took the place of an earlier decision",
    )
    public = told("notice", "show", "public", "--decision", first)
    says("public, of the earlier", public, "when a later decision took its place")
    says_not("public, of the earlier", public, f"when {second}")
    foreign, theirs = case.open_case(provider, attribute=[])
    run(
        *["attribution", "record", "--case", foreign, "--subscription", OTHER_SUBSCRIPTION],
        *["--unit", OTHER_UNIT, "--class", "contract", "--reason", "Order form."],
        key="anna",
    )
    text = in_place_of(second, unit=OTHER_UNIT, classes="object-storage")([theirs])
    path = provider.write("foreign.yaml", text)
    propose = ["decision", "propose", "--case", foreign, path]
    refused("of another customer", *propose, parts=["supersedes", second, "customer"], key="anna")


begin(provider, PEOPLE)
provider.serve()
CASE, FINDING, FIRST, SECOND = one_takes_the_place_of_another()
the_end_of_the_later_is_no_return(FIRST, SECOND)
what_cannot_be_superseded(CASE, FINDING, FIRST, SECOND)
of_two_the_first_wins(CASE, FINDING)
another_case_and_another_customer()
made = (provider.data / "table" / "current").read_bytes()
run("log", "rebuild")
checks.check((provider.data / "table" / "current").read_bytes() == made, "a rebuild is the same")
ROSTER = run("roster", "show")
verified = run("log", "verify", "--first-roster", ROSTER["current"]["hash"])
checks.check(verified["ok"], f"the log verifies: {verified}")
provider.stop()
other = provider.start("log", "verify", "--first-roster", "0" * 64)
said = other.communicate()[0].decode()
checks.check(other.returncode == 1, f"another first roster: exit {other.returncode}")
advised = "compare the first roster" in said and "log rebuild" not in said
checks.check(advised, f"whoever pinned another roster is told to destroy nothing: {said}")
provider.serve()
checks.check((provider.data / "table" / "current").read_bytes() == made, "and after a new start")
checks.end()
