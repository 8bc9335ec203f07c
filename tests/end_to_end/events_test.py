"""docs/formats/events.md is what the program writes: no event, member or part more or less.

The told story and a short one of what it lacks are compared entry by entry: what stands in clear,
what is sealed, whose act it is. What is not in the tables must not stand in clear at all.
"""

import datetime
import json
import os
import re
import subprocess
import tempfile

import case
import focus_rows
from catalogue import Catalogue, leaves, public_entries, sealed_parts
from provider import Checks, arguments
from story_parts import ARTICLE, PEOPLE, add_report, adopted, begin, day

provider = arguments()
checks = Checks()
run = provider.run
DOCUMENTS = provider.source / "docs/formats"
catalogue = Catalogue((DOCUMENTS / "events.md").read_text())
OPEN_ACTS = set()
ACTS = set()
for name, is_open in re.findall(
    r"^\| `([a-z ]+)` \| (yes|no) \|", (DOCUMENTS / "acts.md").read_text(), re.M
):
    ACTS.add(name)
    if is_open == "yes":
        OPEN_ACTS.add(name)

# Where the machine's clock would have to run ahead: a step is missed when its day is over.
OUT_OF_REACH = {("step.recorded", "corrects")}
# What cannot be a word of anybody: bytes that are computed.
COMPUTED = {"hash", "random", "key", "signature", "pseudonym", "delivery", "verifier key", "origin"}
written = set()  # types
seen = set()  # (type, optional member or part)


def source_types(pattern, *names):
    """What `pattern` finds in the program's own sources."""
    found = set()
    root = provider.source / "src"
    for path in sorted(root.rglob("*.cc")) + sorted(root.rglob("*.h")):
        made_up = re.search(r"_(test|bench|fuzz)\.cc$|fixture|test_log|base/event\.h", str(path))
        if not made_up and (not names or str(path.relative_to(root)) in names):
            found |= set(re.findall(pattern, path.read_text()))
    return found


def types_are_those_of_the_sources():
    types = set(catalogue.events)
    # Every event begins with its type, `Event{.type = "..."` or `event.type = "..."`.
    made = source_types(r'\.?\btype = "([a-z_]+\.[a-z_]+)"')
    checks.check(made == types, f"types that are written and catalogued: {sorted(made ^ types)}")
    for name in (
        "enforcement/roster_state.cc",
        "pages/internal/section_timeline.cc",
        "review/erasure.cc",
        "review/part_disclosure.cc",
        "review/projector.cc",
        "service/state.cc",
        "service/subject.cc",
        "service/timeline.cc",
        "verifier/internal/entry_acts.cc",
        "verifier/internal/history.cc",
    ):
        read = source_types(r'"([a-z]+\.[a-z_]+)"', name)
        checks.check(read and read <= types, f"{name} reads types: {sorted(read - types)}")
    of_cases = {name for name, event in catalogue.events.items() if event["of_case"] is not False}
    told = source_types(r'"([a-z]+\.[a-z_]+)"', "service/timeline.cc")
    checks.check(told == of_cases, f"types that a case tells: {sorted(told ^ of_cases)}")
    projected = source_types(r'"([a-z]+\.[a-z_]+)"', "review/projector.cc")
    projected ^= of_cases | {"report.received", "keys.forgotten"}
    checks.check(not projected, f"types that a case is made of: {sorted(projected)}")
    acts = {act for event in catalogue.events.values() for act in event["acts"]}
    checks.check(acts == ACTS, f"acts of acts.md and of the events: {sorted(acts ^ ACTS)}")


def is_as_listed(what, names, listed, kind):
    """`names` are those of `listed`: member or part, and whether it is optional."""
    missing = {name for name, optional in listed.items() if not optional} - set(names)
    more = set(names) - set(listed)
    checks.check(not missing and not more, f"{what}: missing {missing}, more {more}")
    seen.update((kind, name) for name in names if listed.get(name))


def clear_is_allowed(entry, words):
    """Each value in clear is of the kind that its member has, and none is a name."""
    kind = entry["type"]
    for path, value in leaves({k: v for k, v in entry.items() if k not in ("addenda", "data")}):
        listed = path.removeprefix("act.args.")
        place_is_allowed(kind, listed, value, words)
    for path, value in leaves(entry["data"]):
        place_is_allowed(kind, path, value, words)


def place_is_allowed(kind, path, value, words):
    fault = fault_at(kind, path, value, words)
    checks.check(fault is None, f"{kind}: `{path}` is {value!r}, {fault}")


def fault_at(kind, path, value, words):
    """Why `value` must not stand there in clear, or None."""
    allowed = catalogue.value_of(path, kind)
    if path == "type":
        kind_of = "type" if value in catalogue.events else None
    elif path == "act.name":
        kind_of = "act" if value in ACTS else None
    elif path == "act" and value is None:
        kind_of = "null"
    else:
        kind_of = allowed and catalogue.allows(value, allowed)
    if kind_of is None:
        return f"expected {allowed}"
    if kind_of in COMPUTED or not isinstance(value, str):
        return None
    told = {word for word in words if word in value.lower()}
    return f"which tells {told}" if told else None


def entry_is_as_listed(entry, words):
    kind = entry["type"]
    event = catalogue.events.get(kind)
    checks.check(event is not None, f"events.md lists `{kind}`")
    if event is None:
        return
    written.add(kind)
    is_as_listed(f"{kind} in clear", entry["data"], event["clear"], kind)
    right = event["of_case"] in (None, "case" in entry)
    checks.check(right, f"{kind} carries a case: {entry}")
    act = entry["act"] and entry["act"]["name"]
    may = act in event["acts"] if act else event["actless"]
    checks.check(may, f"{kind} by the act {act}: expected {event['acts']}")
    person = entry["actor"].startswith("p-")
    # Nobody is in a roster yet when the first one is proposed.
    named = person == (act is not None) or (kind, entry["actor"]) == ("roster.proposed", "operator")
    checks.check(named, f"{kind}: {entry['actor']} by the act {act}")
    parts = {name: optional for name, (optional, _) in event["sealed"].items()}
    if act and act not in OPEN_ACTS:
        parts["act"] = False
    is_as_listed(f"{kind} sealed", entry["addenda"], parts, kind)
    clear_is_allowed(entry, words)


def sealed_is_as_listed(kind, name, part):
    if name == "act":
        checks.check(set(part) == {"args", "nonce"}, f"{kind}: the sealed act has {set(part)}")
        return
    listed = catalogue.events[kind]["sealed"][name][1]
    if listed is str:
        wanted = list if (kind, name) == ("finding.recorded", "results") else str
        # The names of a roster and the like are told elsewhere; a text is a text.
        checks.check(isinstance(part, wanted), f"{kind}: `{name}` is a {type(part).__name__}")
    elif listed is not None:
        is_as_listed(f"{kind}: `{name}`", part, listed, kind)


def confidential_words(data):
    """Names, ids and addresses of customers, units, subscriptions and people, in small letters."""
    words = set()
    for (_, name), part in sealed_parts(data):
        if name not in ("customers", "names"):
            continue
        for path, value in leaves(part):
            if path.rsplit(".", 1)[-1].removesuffix("[]") in ("id", "name", "aliases"):
                words.add(value.lower())
    return {word for word in words if len(word) > 3}


def log_is_as_listed(data, environment):
    """Compares the log below `data`, as it is published and as the program shows it."""
    entries = public_entries(data / "log")
    words = confidential_words(data)
    checks.check(len(words) > 10, f"there are words to look for: {words}")
    for entry in entries:
        entry_is_as_listed(entry, words)
    for (index, name), part in sealed_parts(data):
        sealed_is_as_listed(entries[index]["type"], name, part)
    command = [provider.binary, "-C", data, "log", "show", "--limit", "10000", "--json"]
    out = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    shown = json.loads(out)["entries"]
    checks.check(len(shown) == len(entries) > 0, f"{len(shown)} of {len(entries)} are shown")
    for given, entry in zip(shown, entries):
        same = [given[name] == entry[name] for name in ("type", "actor", "time", "data")]
        checks.check(all(same) and given.get("case") == entry.get("case"), f"shown: {given}")


def told_story():
    environment = {key: at for key, at in os.environ.items() if not key.startswith("PROVISO_")}
    # nginx, when it is started by root, runs as nobody, and must be let in.
    with tempfile.TemporaryDirectory(prefix="proviso-events-test-") as above:
        os.chmod(above, 0o755)
        folder = os.path.join(above, "demo")
        command = [provider.binary, "demo", "--json", "--dir", folder]
        command += ["--examples", provider.source / "examples"]
        told = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        checks.check(told.returncode == 0, f"the story is told: {told.stderr}")
        # The parent's path is opened by the test alone.
        log_is_as_listed(type(provider.data)(folder) / "data", environment)


def other_story():
    """What the told story has no need of."""
    begin(provider, PEOPLE)
    words = ["--class", "contract", "--owner", "Example Legal", "--purpose", "what is in force"]
    run("records", "register", "contract-register", *words, key="adam")
    register = provider.source / "examples/contracts.csv"
    run("records", "import", "contract-register", register, key="adam")
    case_id, finding = case.open_case(provider)
    of = ["--case", case_id]
    report = add_report(provider, "article.txt", ARTICLE)
    run("report", "join", report, *of, key="anna")
    own = provider.write("letter.txt", "We keep what we may keep.\n")
    given = ["--kind", "letter", "--from-customer", "ba-example-ministry"]
    run("report", "add", own, *given, key="ira")
    run("report", "show", report, *of, "--purpose", "review", key="anna")
    read = ["records", "read", "contract-register", "--customer", "ba-example-ministry"]
    run(*read, *of, "--purpose", "review", key="anna")
    claim = run("claim", "adopt", f"{report}/1", *of, key="anna")["id"]
    run("claim", "edit", claim, *of, "--text", "Other words", "--reason", "Plain.", key="anna")
    run("claim", "drop", claim, *of, "--reason", "Said of others.", key="anna")
    other = run("case", "open", "--title", "Another", key="anna")["id"]
    run("case", "link", case_id, "--to", other, "--reason", "The same unit.", key="anna")
    run("conflict", "declare", "--case", other, "--reason", "Kin.", key="cara")
    step = ["--text", "Show the agreements", "--due", day(9)]
    run("step", "agree", *of, *step, key="lea")
    run("case", "run", case_id, key="anna")

    heard = case.propose(provider, case_id, case.heard(case.decision_text([finding])))
    run("decision", "plan", heard, key="anna")
    hearing = run("hearing", "open", heard, "--until", day(3), key="lea")["id"]
    run("code", "renew", hearing, key="lea")
    notice = run("case", "show", case_id)["hearing"][0]["notice_sha256"]
    letter = provider.write("answer.txt", "We ask for a meeting.\n")
    run("hearing", "answer", letter, "--hearing", hearing, "--notice", notice, key="lea")
    run("hearing", "show", hearing, key="anna")
    run("decision", "withdraw", heard, "--reason", "Another one.", key="anna")

    lifted, _ = adopted(provider, case_id, finding)
    code = run("code", "renew", lifted, key="lea")["code"]
    emergency = ["--emergency", "--reason", "A hospital."]
    run("decision", "lift", lifted, *emergency, key="eva")
    again, _ = adopted(provider, case_id, finding)
    review = ["--outcome", "restored-by-new-decision", "--restored-by", again]
    run("decision", "review", lifted, *review, "--reason", "Looked at.", key="ben")
    later, _ = adopted(provider, case_id, finding, stage="read-only", supersedes=[again])
    checks.check(run("decision", "show", again)["superseded_by"] == later, "it gave way")
    appeal = run("appeal", "file", letter, "--code", code)["id"]
    run("appeal", "show", appeal, key="hana")
    told = [entry for entry in public_entries(provider.data / "log") if "what" in entry["data"]]
    read = [(entry["type"], entry["data"]["what"]) for entry in told]
    whats = [report, "contract-register", hearing, appeal]
    checks.check(read == [("record.read", what) for what in whats], f"each reading once: {read}")
    run("appeal", "decide", appeal, "--outcome", "upheld", "--reason", "Checked.", key="hana")
    run("notice", "issue", "update", *of, "--audience", "staff", key="lea")
    opened = run("log", "show", "--limit", "10000")["entries"]
    added = next(entry["index"] for entry in opened if entry["type"] == "claim.added")
    handed = ["--part", "details", "--out", provider.work / "details.addendum"]
    run("log", "open", added, *handed, "--to", "Example Court", "--purpose", "court", key="otto")
    why = ["--basis", "mistake", "--reason", "It names somebody."]
    proposed = run("erasure", "propose", added, "--part", "details", *why, key="rita")
    run("erasure", "withdraw", proposed["id"], "--reason", "Not yet.", key="otto")
    apart = provider.work / "keys-apart"
    run("backup", provider.work / "backup", "--keys", apart)
    (apart / "part.keys").unlink()
    proposed = run("erasure", "propose", added, "--part", "details", *why, key="rita")
    run("erasure", "approve", proposed["id"], key="otto")
    run("erasure", "forget", apart, "--reason", "The disk is gone.", key="otto")
    run("export", provider.work / "export")
    reads_of_metering_are_told(later)
    log_is_as_listed(provider.data, None)


def reads_of_metering_are_told(decision):
    """One event each, and none for what names no subscription."""
    # Before the decision and after it, whatever day it is.
    days = [datetime.date.fromisoformat(day(offset)) for offset in (-10, 10)]
    rows = [focus_rows.row(case.SUBSCRIPTIONS[0], at, 240) for at in days]
    run("import", "usage", provider.write("metering.csv", focus_rows.csv_text(rows)))
    asked = {
        "subscription": case.SUBSCRIPTIONS[0],
        "class": "object-storage",
        "region": "nl-1",
        "from": "2026-03-01",
        "to": "2026-04-01",
    }
    before = len(public_entries(provider.data / "log"))
    run("usage", "list")
    run("usage", "unmapped")
    run("usage", "rollup")
    run("usage", "rollup", *(word for name in asked for word in (f"--{name}", asked[name])))
    provider.start("cessation", decision).communicate(b"")
    told = public_entries(provider.data / "log")[before:]
    types = [(entry["type"], entry["actor"], entry["data"]) for entry in told]
    expected = [("usage.read", "operator", {})] * 2
    expected.append(("usage.read", "operator", {"decision": decision}))
    checks.check(types == expected, f"reads of metering are told: {types}")
    parts = dict(sealed_parts(provider.data))
    kept = [parts.get((before + number, "details")) for number in range(3)]
    checks.check(kept == [{}, asked, None], f"what was asked is sealed: {kept}")


def what_is_a_word_is_noticed():
    for value, allowed in (
        ("Example Ministry", "name"),
        ("anna@example.org", "id, name"),
        ("claim-1 of the ministry", "id"),
        ("31655501", "number"),
        (True, "number"),
        (None, "hash"),
        ("upheld", "`met`, `missed`"),
        ("2026-11-22, a Sunday", "day"),
    ):
        checks.check(catalogue.allows(value, allowed) is None, f"{value!r} is no {allowed}")
    words = {"example-ministry"}
    for path, value in (("source", "of-example-ministry"), ("note", "x"), ("class", "content")):
        fault = fault_at("source.registered", path, value, words)
        checks.check(fault is not None, f"`{path}` may not be {value!r}")
    checks.check(fault_at("source.registered", "source", "invoices", words) is None, "a source")


types_are_those_of_the_sources()
what_is_a_word_is_noticed()
told_story()
other_story()
never = set(catalogue.events) - written
checks.check(not never, f"each event is written by one of the stories: {sorted(never)}")
optional = {
    (kind, name)
    for kind, event in catalogue.events.items()
    for listed in [event["clear"], *(parts for _, parts in event["sealed"].values())]
    if isinstance(listed, dict)
    for name, may_lack in listed.items()
    if may_lack
}
unseen = optional - seen - OUT_OF_REACH
checks.check(not unseen, f"each optional member is written by one of them: {sorted(unseen)}")
checks.end()
