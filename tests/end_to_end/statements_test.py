"""A statement of reasons answers alone: what, from when to when, why, on which facts, under which
clause, decided how, and how to appeal; for each kind of decision and lift."""

import datetime
import re

import case
import focus_rows
from provider import Checks, arguments
from story_parts import ARTICLE, add_report, begin, day, held_text

provider = arguments()
checks = Checks()
CLAUSE = "does not use the services for mass surveillance of civilians"
WHY = "Bulk storage and machine transcription of intercepted calls"


def in_words(date):
    return f"{date.day} {date.strftime('%B')} {date.year}"


def six_months_on():
    """The same day six months later, or the last one of that month (statement.md)."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    year, month = today.year + (today.month + 5) // 12, (today.month + 5) % 12 + 1
    for last in range(today.day, 0, -1):
        try:
            return datetime.date(year, month, last)
        except ValueError:
            continue


def sections(text):
    """The text below each heading; before the first, under the title."""
    found = {"the head": ""}
    name = "the head"
    for line in text.splitlines():
        heading = re.match(r"## (.*)", line)
        if heading:
            name = heading[1]
            found[name] = ""
        else:
            found[name] += line + "\n"
    return found


def questions():
    """What docs/formats/statement.md says that a reader asks, and where it is answered."""
    text = (provider.source / "docs/formats/statement.md").read_text()
    rows = re.findall(r"^\| ([^|]+\?[^|]*) \| ([^|]+) \|$", text, re.M)
    return {question.strip(): section.strip() for question, section in rows}


def says(what, text, *parts):
    flat = re.sub(r"\s+", " ", text)
    missing = [part for part in parts if part not in flat]
    checks.check(not missing, f"{what}: {missing} are missing in: {text}")


QUESTIONS = questions()
checks.check(len(QUESTIONS) >= 13, f"the document asks: {QUESTIONS}")


def statement(decision):
    shown = provider.run("decision", "statement", decision)
    checks.check(len(shown["markdown"]) > 500, f"{decision} has a statement")
    return shown["markdown"]


def check_day(decision, text):
    """The letter names its own day, and the last one for an appeal (statement.md)."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    head = sections(text)["the head"]
    says(f"{decision}: the day it was given out", head, in_words(today))


def check_restriction(decision, expected):
    text = statement(decision)
    of = sections(text)
    for question, section in QUESTIONS.items():
        checks.check(len(of.get(section, "").strip()) > 30, f"{decision}: {question} ({section})")
    says(
        f"{decision}: whom",
        of["the head"],
        "Example Ministry",
        decision,
        "contract is in force since",
    )
    says(f"{decision}: what", of["What we decided"], WHY, expected["kind"])
    says(
        f"{decision}: what stops, where, since and until when",
        of["What is restricted"],
        *("em-archive-01", "Blob Store", "Netherlands", expected["stage"]),
        *("From: ", f"Until: {expected['until']}", *expected["stops"]),
    )
    checks.check(
        "Speech" in of["What is restricted"] and "em-website-08" not in text,
        f"{decision} names what it restricts, and not what others have",
    )
    says(f"{decision}: what goes on", of["What stays on"], "Threat Shield", "billing and appeals")
    says(f"{decision}: data", of["Your data"], "Nothing is deleted")
    says(f"{decision}: clause", of["The clause"], "4.2", CLAUSE)
    says(f"{decision}: how it came", of["How this came to us"], *expected["came"])
    says(
        f"{decision}: facts",
        of["What we found, and what it rests on"],
        *("Stores bulk recordings", "supported by the records", "Metering shows it."),
        *("Computed:", ">= 1 GB", "em-archive-01", "Order form."),
    )
    says(
        f"{decision}: why",
        of["Why this is incompatible with the clause"],
        *("Calls of a whole population", "Stores bulk recordings"),
    )
    says(
        f"{decision}: process",
        of["How this was decided"],
        *(
            "2 people who did not prepare it",
            "no automated means decided",
            "computed automatically",
        ),
        "Nobody read or searched the content",
    )
    says(f"{decision}: heard", of["Whether you were heard"], *expected["heard"])
    says(
        f"{decision}: appeal",
        of["How to appeal"],
        *(in_words(six_months_on()), "with the code", "without an account", "had no part"),
        *("courts are open", "within 30 days"),
    )
    says(f"{decision}: what to cite", of["References"], decision, "acceptable-use@2026-01")
    plan = provider.run("decision", "show", decision)["plan_hash"]
    says(f"{decision}: plan", of["References"], plan)
    for name in ("Anna", "Ben", "Cara", "p-", "Marta Placeholder", "Example Herald"):
        checks.check(name not in text, f"{decision} tells the customer of `{name}`")


def with_check():
    """A case whose claim was computed from metering; its finding."""
    dates = [datetime.date.fromisoformat(day(offset)) for offset in range(-9, -1)]
    rows = [focus_rows.row(subscription, date, 24 * 5_000) for date in dates
            for subscription in case.SUBSCRIPTIONS]  # fmt: skip
    provider.run("import", "usage", provider.write("usage.csv", focus_rows.csv_text(rows)))
    case_id = provider.run("case", "open", "--title", "Report", key="anna")["id"]
    of = ["--case", case_id]
    report = add_report(provider, "article.txt", ARTICLE)
    provider.run("report", "join", report, *of, key="anna")
    check = f"usage(unit: {case.UNIT}, class: object-storage, region: nl-1) at {day(-3)} >= 1 GB"
    added = ["claim", "add", *of, "--text", "Stores bulk recordings in NL", "--check", check]
    claim = provider.run(*added, key="anna")["id"]
    for subscription in case.SUBSCRIPTIONS:
        provider.run(
            *["attribution", "record", *of, "--subscription", subscription, "--unit", case.UNIT],
            *["--class", "contract", "--reason", "Order form."],
            key="anna",
        )
    provider.run("case", "run", case_id, key="anna")
    found = ["finding", "record", *of, "--claim", claim, "--outcome", "supported", "--reason"]
    return case_id, provider.run(*found, "Metering shows it.", key="anna")["id"]


def in_force(decision):
    """Signed, stated and adopted; the code for an appeal."""
    case.plan_and_sign(provider, decision)
    before = statement(decision)
    issued = provider.run("decision", "statement", decision, "--issue", key="lea")
    checks.check(issued["markdown"] == before, f"{decision}: what was shown is what is issued")
    provider.run("decision", "adopt", decision, key="eva")
    checks.check(statement(decision) == before, f"{decision}: the letter stays as it was issued")
    return issued["appeal_code"]


def appealed(decision, code, outcome, hearer):
    path = provider.write("appeal.txt", "Payroll depends on it.\n")
    filed = provider.run("appeal", "file", path, "--code", code)["id"]
    decide = ["appeal", "decide", filed, "--outcome", outcome, "--reason", "It hits too much."]
    provider.run(*decide, key=hearer)
    show = ["notice", "show", "appeal-answer", "--case", CASE, "--appeal", filed]
    text = provider.run(*show)["markdown"]
    says(
        f"the answer to {filed}",
        text,
        *(decision, "It hits too much.", "Payroll depends on it.", "had no part", "courts"),
    )
    return filed


def lifted(decision, *more, reason):
    lift = provider.run("decision", "lift", decision, "--reason", reason, *more, key="anna")["id"]
    case.plan_and_sign(provider, lift)
    text = statement(lift)
    of = sections(text)
    says(f"{lift}: whom", of["the head"], "Example Ministry", lift)
    says(f"{lift}: what and why", of["What we decided"], decision, reason)
    says(
        f"{lift}: restored", of["What is restored"], "em-archive-01", "Blob Store", "Once the lift"
    )
    says(f"{lift}: process", of["How this was decided"], "2 people", "no automated means")
    says(f"{lift}: what to cite", of["References"], lift)
    check_day(lift, text)
    case.adopt(provider, lift)
    return text


# The liaison's key costs what a key costs: letters are issued as they were shown, also when
# reading the key takes its time.
(provider.work / "people").mkdir()
provider.run("key", "new", provider.key_path("lea"))
begin(provider)
CASE, FINDING = with_check()
UNTIL = f"{day(40)}T00:00:00Z"
ALL = ["creating or enlarging", "writing or changing", "reading, listing"]

interim = case.propose(provider, CASE, case.decision_text([FINDING], stage="no-new"))
CODE = in_force(interim)
check_restriction(
    interim,
    {
        "kind": "interim decision",
        "stage": "no-new",
        "stops": ALL[:1],
        "until": "it is lifted",
        "came": ["on our own initiative", "1 published article"],
        "heard": ["You were not heard", "The use grows by terabytes a day"],
    },
)
check_day(interim, statement(interim))

notice = add_report(
    provider,
    "notice.txt",
    "Law: Example Act\nReference: EX-1\nLocation: x\nContact: a@court.example\n"
    "Date: 2026-08-12\n\nWe ask you to look.\n",
)
provider.run("report", "join", notice, "--case", CASE, key="anna")
final_text = held_text([FINDING], kind="final", stage="suspended")
final_text = final_text.replace("stage: suspended", f"stage: suspended\n    until: {UNTIL}")
final = case.propose(provider, CASE, final_text)
provider.run("decision", "plan", final, key="anna")
hearing = provider.run("hearing", "open", final, "--until", day(9), key="lea")
intent = sections(hearing["markdown"])
says("the notice of intent", hearing["markdown"], WHY, "4.2", CLAUSE, "em-archive-01", "code")
says("the notice of intent", hearing["markdown"],
     in_words(datetime.date.fromisoformat(day(9))))  # fmt: skip
provider.run(
    *["hearing", "answer", provider.write("a.txt", "It is supervised.\n")],
    *["--code", hearing["code"]],
)
told = provider.run("hearing", "acknowledge", hearing["id"], key="lea")["markdown"]
says("the acknowledgement", told, "It is supervised.", "before anybody signs", final)
FINAL_CODE = in_force(final)
check_restriction(
    final,
    {
        "kind": "final decision",
        "stage": "suspended",
        "stops": ALL,
        "until": in_words(datetime.date.fromisoformat(day(40))),
        "came": ["legal notice", "1 published article"],
        "heard": ["You were heard", "Your answer came on"],
    },
)
check_day(final, statement(final))

for audience in ("customer", "staff", "public"):
    process = provider.start(
        *["notice", "issue", "update", "--case", CASE, "--audience", audience], key="lea"
    )
    _, error = process.communicate(b"")
    checks.check(process.returncode == 0, f"update to {audience}: {error.decode()}")
for kind in ("staff", "public"):
    provider.run("notice", "issue", kind, "--decision", final, key="lea")

lifted(interim, reason="The use has ended.")
WON = appealed(final, FINAL_CODE, "reversed", "hana")
TEXT = lifted(final, "--appeal", WON, reason="The appeal was won.")
says("a lift by appeal", TEXT, WON)
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
checks.end()
