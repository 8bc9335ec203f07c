"""People's rules under misuse: each is refused with its reason, and nothing has changed."""

import datetime

import case
import focus_rows
from provider import Checks, arguments
from story_parts import ARTICLE, PEOPLE, Watch, add_report, begin, day, held_text

provider = arguments()
checks = Checks()
watch = Watch(provider, checks)
refused = watch.refused
run = provider.run


def text_file(name, text):
    return provider.write(name, text + "\n")


def reports_and_claims(case_id):
    """Reports are read in their own case; claims quote these, and end with a finding."""
    report = add_report(provider, "article.txt", ARTICLE)
    stray = add_report(provider, "letter.txt", ARTICLE.replace("calls", "post"), key="anna")
    show = ["report", "show", report, "--purpose", "review", "--case"]
    refused("a report in no case", *show, case_id, parts=["own case", case_id], key="anna")
    refused(
        "a draft of a report outside the case",
        *["claim", "adopt", f"{report}/1", "--case", case_id],
        parts=[report],
        key="anna",
    )
    run("report", "join", report, "--case", case_id, key="anna")
    refused(
        "join twice",
        *["report", "join", report, "--case", case_id],
        parts=["already", report, case_id],
        key="anna",
    )
    other = run("case", "open", "--title", "Another", key="anna")["id"]
    refused("a report in another case", *show, other, parts=["own case", other], key="anna")
    purpose = ["report", "show", report, "--case", case_id, "--purpose"]
    refused("read for nothing", *purpose, "curiosity", parts=["purpose", "audit"], key="anna")
    process = provider.start("report", "show", report, "--case", case_id, key="anna")
    _, error = process.communicate(b"")
    checks.check(
        process.returncode == 2 and b"--purpose is required" in error, f"no purpose: {error}"
    )
    refused(
        "a report that is not there",
        *["report", "join", "report-9", "--case", case_id],
        parts=["report-9"],
        key="anna",
    )
    drafts = run("claim", "drafts", "--case", case_id)["drafts"]
    checks.check(len(drafts) > 1, f"the article makes claims: {drafts}")
    adopt = ["claim", "adopt", drafts[0]["id"], "--case"]
    refused("a draft of another case's report", *adopt, other, parts=[drafts[0]["id"]], key="anna")
    unknown = ["claim", "adopt", f"{stray}/1", "--case", case_id]
    refused("a draft of a report that was not joined", *unknown, parts=[stray], key="anna")
    claim = run(*adopt, case_id, key="anna")["id"]
    finding = ["finding", "record", "--case", case_id, "--claim", claim, "--reason", "Seen."]
    run(*finding, "--outcome", "supported", key="anna")
    for command, more in (("edit", ["--text", "Other words"]), ("drop", [])):
        refused(
            f"{command} a claim that has ended",
            *["claim", command, claim, "--case", case_id, "--reason", "x", *more],
            parts=[claim, "without a finding"],
            key="anna",
        )
    refused(
        "edit a claim of another case",
        *["claim", "edit", claim, "--case", other, "--text", "x", "--reason", "x"],
        parts=[claim],
        key="anna",
    )
    dropped = run("claim", "add", "--case", other, "--text", "Said of others", key="anna")["id"]
    run("claim", "drop", dropped, "--case", other, "--reason", "not theirs", key="anna")
    refused(
        "a finding for a dropped claim",
        *["finding", "record", "--case", other, "--claim", dropped, "--reason", "x"],
        *["--outcome", "supported"],
        parts=[dropped, "dropped"],
        key="anna",
    )


def cases_and_steps(case_id):
    refused(
        "reopen an open case",
        *["case", "reopen", case_id, "--class", "public", "--reason", "x"],
        parts=["closed case", "open one"],
        key="anna",
    )
    other = run("case", "open", "--title", "To be closed", key="anna")["id"]
    link = ["case", "link", case_id, "--reason", "the same unit", "--to"]
    refused("link to itself", *link, case_id, parts=["another"], key="anna")
    refused("link to nowhere", *link, "case-99", parts=["case-99"], key="anna")
    run(*link, other, key="anna")
    refused("link twice", *link, other, parts=["already"], key="anna")
    run("case", "close", other, "--reason", "nothing here", key="anna")
    refused(
        "close twice",
        *["case", "close", other, "--reason", "x"],
        parts=["open case"],
        key="anna",
    )
    refused(
        "reopen for content",
        *["case", "reopen", other, "--class", "content", "--reason", "heard it"],
        parts=["content"],
        key="anna",
    )
    refused(
        "a claim in a closed case",
        *["claim", "add", "--case", other, "--text", "x"],
        parts=["open case"],
        key="anna",
    )
    agree = ["step", "agree", "--case", case_id, "--text", "Show the agreements", "--due"]
    refused("a step due yesterday", *agree, day(-1), parts=["day to come", day(-1)], key="lea")
    refused("a step due on no day", *agree, "soon", parts=["soon"], key="lea")
    step = run(*agree, day(9), key="lea")["id"]
    record = ["step", "record", step, "--reason", "nothing came", "--outcome"]
    refused(
        "a step's third way", *record, "late", "--case", case_id, parts=["met", "late"], key="lea"
    )
    run("case", "reopen", other, "--class", "public", "--reason", "an article", key="anna")
    refused("a step of another case", *record, "met", "--case", other, parts=[step], key="lea")
    early = ["can still be met", day(9), day(0)]
    refused("missed too early", *record, "missed", "--case", case_id, parts=early, key="lea")
    run(*record, "met", "--case", case_id, key="lea")
    refused("a step twice", *record, "met", "--case", case_id, parts=["already"], key="lea")
    refused("undone too early", *record, "missed", "--case", case_id, parts=early, key="lea")
    update = ["update", "schedule", "--case", case_id, "--audience", "public", "--due"]
    refused("an update in the past", *update, day(-2), parts=["day to come"], key="lea")
    refused(
        "an update for nobody",
        *["update", "schedule", "--case", case_id, "--audience", "press", "--due", day(3)],
        parts=["press", "public"],
        key="lea",
    )
    refused(
        "an update to nobody",
        *["notice", "issue", "update", "--case", case_id, "--audience", "press"],
        parts=["press", "public"],
        key="lea",
    )


def registers(case_id):
    contracts = provider.source / "examples/contracts.csv"
    load = ["records", "import", "contract-register", contracts]
    refused("import before register", *load, parts=["register", "contract-register"], key="adam")
    register = ["records", "register", "--owner", "Legal", "--purpose", "agreements in force"]
    refused(
        "customer content as a source",
        *[*register, "mail-bodies", "--class", "content"],
        parts=["content"],
        key="adam",
    )
    error = refused(
        "correspondence as a source",
        *[*register, "mail", "--class", "correspondence"],
        parts=["correspondence"],
        key="adam",
    )
    checks.check("this version does not read" in error, f"a class to come is told apart: {error}")
    refused(
        "a source of no class", *register, "x", "--class", "gossip", parts=["gossip"], key="adam"
    )
    run(*register, "contract-register", "--class", "contract", key="adam")
    refused(
        "register twice",
        *[*register, "contract-register", "--class", "contract"],
        parts=["already"],
        key="adam",
    )
    read = ["records", "read", "contract-register", "--customer", "ba-example-ministry"]
    reading = [*read, "--case", case_id, "--purpose", "review"]
    refused("read before import", *reading, parts=["imported"], key="anna")
    run(*load, key="adam")
    refused(
        "records outside a case",
        *[*read, "--case", "case-99", "--purpose", "review"],
        parts=["case-99"],
        key="anna",
    )
    refused(
        "records for fun",
        *[*read, "--case", case_id, "--purpose", "fun"],
        parts=["fun"],
        key="anna",
    )
    checks.check(run(*reading, key="anna")["rows"], "in a case and for a purpose they are read")


def hearing(case_id, finding):
    """In order: opened, answered, acknowledged, signed; by the code that went out for it."""
    held = case.propose(provider, case_id, held_text([finding]), "held.yaml", key="dora")
    refused(
        "a hearing without a plan",
        *["hearing", "open", held, "--until", day(9)],
        parts=["plan"],
        key="lea",
    )
    run("decision", "plan", held, key="anna")
    refused("held, without a hearing", "decision", "sign", held, parts=["heard"], key="ben")
    answer = text_file("answer.txt", "All work rests on supervised agreements.")
    by_code = ["hearing", "answer", answer, "--code"]
    guess = "7K2QX-00000-AAAAA-BBBBB-CCCCC"
    refused("an answer before the opening", *by_code, guess, parts=["no hearing", "code"])
    for until in (day(0), day(-1), day(400), "tomorrow"):
        refused(
            f"a hearing until {until}",
            *["hearing", "open", held, "--until", until],
            parts=[until],
            key="lea",
        )
    opened = run("hearing", "open", held, "--until", day(9), key="lea")
    refused(
        "two hearings at once",
        *["hearing", "open", held, "--until", day(9)],
        parts=[opened["id"], "heard"],
        key="lea",
    )
    refused("signed while it is heard", "decision", "sign", held, parts=[opened["id"]], key="ben")
    acknowledge = ["hearing", "acknowledge", opened["id"]]
    refused("acknowledged unanswered", *acknowledge, parts=["answer"], key="lea")
    second = case.propose(provider, case_id, held_text([finding], regions="ie-1"), "ie.yaml")
    run("decision", "plan", second, key="anna")
    other = run("hearing", "open", second, "--until", day(5), key="lea")
    for code in (
        "",
        "-",
        "12345",
        opened["code"] + "A",
        opened["code"][:-1],
        "U" * 25,
        "\u00e9" * 25,
    ):
        error = refused(f"code `{code}`", *by_code, code, parts=["code"])
        checks.check(len(code) < 5 or code not in error, f"the refusal repeats a code: {error}")
    refused("a code nobody gave", *by_code, guess, parts=["no hearing has this code"])
    refused("a hearing's code for an appeal", "appeal", "file", answer, "--code", opened["code"],
            parts=["no decision has this code"])  # fmt: skip
    refused(
        "an empty answer",
        *["hearing", "answer", text_file("empty.txt", " "), "--code", opened["code"]],
        parts=["answer"],
    )
    answered = run(*by_code, other["code"].lower().replace("-", " "))
    checks.check(answered["id"] == other["id"], "a code opens its own hearing, as people type it")
    refused("answered twice", *by_code, other["code"], parts=["takes no answer"])
    refused("signed unacknowledged", "decision", "sign", second, parts=[other["id"]], key="ben")
    refused(
        "an answer is no act of others",
        *["hearing", "answer", answer, "--hearing", opened["id"]],
        parts=["role"],
        key="anna",
    )
    run(*by_code, opened["code"])
    refused("held, and only answered", "decision", "sign", held, parts=[opened["id"]], key="ben")
    run(*acknowledge, key="lea")
    refused("acknowledged twice", *acknowledge, parts=["already"], key="lea")
    unheard = case.propose(provider, case_id, held_text([finding], regions="ie-1"), "unheard.yaml")
    run("decision", "plan", unheard, key="anna")
    refused("held, about another place", "decision", "sign", unheard,
            parts=["heard"], key="ben")  # fmt: skip
    refused("the preparer signs", "decision", "sign", held, parts=["prepare"], key="dora")
    run("decision", "sign", held, key="ben")
    refused("one person twice", "decision", "sign", held, parts=["once"], key="ben")
    refused("adopted with one signature", "decision", "adopt", held, parts=["2"], key="eva")
    return held


def notices_and_appeal(case_id, held):
    """Nobody hears of it before the customer, nor appeals before it is in force."""
    for kind in ("staff", "public"):
        for command in ("show", "issue"):
            refused(
                f"{command} {kind} before the statement",
                *["notice", command, kind, "--decision", held],
                parts=[held],
                key="lea",
            )
    run("decision", "sign", held, key="cara")
    issued = run("decision", "statement", held, "--issue", key="lea")
    appeal = text_file("appeal.txt", "The payroll depends on it.")
    file = ["appeal", "file", appeal, "--code"]
    refused("an appeal before adoption", *file, issued["appeal_code"], parts=["adopted"])
    for kind in ("staff", "public"):
        refused(
            f"{kind} before adoption",
            *["notice", "issue", kind, "--decision", held],
            parts=["adopt"],
            key="lea",
        )
    run("decision", "adopt", held, key="eva")
    refused("a kind of notice", "notice", "issue", "press", "--decision", held, parts=["press"],
            key="lea")  # fmt: skip
    refused(
        "an appeal's code for a hearing",
        *["hearing", "answer", appeal, "--code", issued["appeal_code"]],
        parts=["no hearing has this code"],
    )
    refused("an appeal with no code", *file, "", parts=["code"])
    filed = run(*file, issued["appeal_code"])["id"]
    refused("a second appeal beside it", *file, issued["appeal_code"], parts=[filed, "already"])
    decide = ["appeal", "decide", filed, "--reason", "Heard.", "--outcome"]
    for person in ("ben", "cara", "dora", "anna"):
        refused(f"{person} hears it", *decide, "reversed", parts=["had no part"], key=person)
    refused("an outcome", *decide, "perhaps", parts=["perhaps", "reversed"], key="hana")
    refused(
        "an answer that is not there",
        *["notice", "issue", "appeal-answer", "--case", case_id, "--appeal", filed],
        parts=[filed],
        key="lea",
    )
    run(*decide, "upheld", key="hana")
    refused("decided twice", *decide, "reversed", parts=["decided"], key="rita")
    won = ["decision", "lift", held, "--reason", "won", "--appeal"]
    refused("a lift by an appeal that was lost", *won, filed, parts=["upheld"], key="anna")
    refused("a lift by no appeal", *won, "appeal-9", parts=["appeal-9"], key="anna")
    again = run(*file, issued["appeal_code"])["id"]
    refused("a lift by one that waits", *won, again, parts=["no outcome"], key="anna")


def conflicts():
    """Who declared a conflict does nothing more in that case, and what they signed is void."""
    case_id, finding = case.open_case(provider)
    report = add_report(provider, "c.txt", ARTICLE.replace("Title: Unit", "Title: How a unit"))
    run("report", "join", report, "--case", case_id, key="anna")
    decision = case.propose(provider, case_id, case.decision_text([finding]))
    case.plan_and_sign(provider, decision, signers=("dora", "ben"))
    run("decision", "statement", decision, "--issue", key="lea")
    declare = ["conflict", "declare", "--case", case_id, "--reason", "A relative works there."]
    run(*declare, key="dora")
    refused("a signer with a conflict", "decision", "adopt", decision,
            parts=["2 signatures", "found 1"], key="eva")  # fmt: skip
    claim = run("claim", "add", "--case", case_id, "--text", "More", key="anna")["id"]
    draft = run("claim", "drafts", "--case", case_id)["drafts"][0]["id"]
    step = run("step", "agree", "--case", case_id, "--text", "x", "--due", day(3), key="lea")["id"]
    loose = add_report(provider, "d.txt", ARTICLE.replace("Title: Unit", "Title: Why a unit"))
    other = run("case", "open", "--title", "Elsewhere", key="anna")["id"]
    new = provider.write("new.yaml", case.decision_text([finding], regions="ie-1"))
    of = ["--case", case_id]
    acts = {
        "claim add": ["claim", "add", *of, "--text", "x"],
        "claim adopt": ["claim", "adopt", draft, *of],
        "claim edit": ["claim", "edit", claim, *of, "--text", "y", "--reason", "x"],
        "claim drop": ["claim", "drop", claim, *of, "--reason", "x"],
        "case run": ["case", "run", case_id],
        "case link": ["case", "link", case_id, "--to", other, "--reason", "x"],
        "finding record": [*["finding", "record", *of, "--claim", claim, "--outcome"],
                           *["supported", "--reason", "x"]],
        "attribution record": [*["attribution", "record", *of, "--subscription"],
                               *["sub-em-website-08", "--unit", case.UNIT, "--class", "billing"],
                               *["--reason", "x"]],
        "report join": ["report", "join", loose, *of],
        "report show": ["report", "show", report, *of, "--purpose", "audit"],
        "records read": [*["records", "read", "contract-register", *of, "--purpose", "review"],
                         *["--customer", "ba-example-ministry"]],
        "step agree": ["step", "agree", *of, "--text", "x", "--due", day(3)],
        "step record": ["step", "record", step, *of, "--outcome", "met", "--reason", "x"],
        "update schedule": ["update", "schedule", *of, "--audience", "staff", "--due", day(3)],
        "decision propose": ["decision", "propose", *of, new],
        "decision plan": ["decision", "plan", decision],
        "hearing open": ["hearing", "open", decision, "--until", day(3)],
        "statement issue": ["decision", "statement", decision, "--issue"],
    }  # fmt: skip
    acts_in_force = {
        "decision lift": ["decision", "lift", decision, "--reason", "x"],
        "notice issue": ["notice", "issue", "public", "--decision", decision],
        "cessation": ["cessation", decision],
        "decision lift emergency": ["decision", "lift", decision, "--emergency", "--reason", "x"],
    }
    run(*declare, key="uwe")
    refused("the signature of one with a conflict", "decision", "sign", decision,
            parts=["conflict"], key="uwe")  # fmt: skip
    for what, command in acts.items():
        refused(f"{what} in spite of a conflict", *command, parts=["conflict"], key="uwe")
    run(
        *["finding", "record", *of, "--claim", claim, "--outcome", "undeterminable"],
        *["--reason", "Content."],
        key="anna",
    )
    refused(
        "case close in spite of a conflict",
        *["case", "close", case_id, "--reason", "x"],
        parts=["conflict"],
        key="uwe",
    )
    run("decision", "sign", decision, key="hana")
    refused("adopt in spite of a conflict", "decision", "adopt", decision, parts=["conflict"],
            key="uwe")  # fmt: skip
    run("decision", "adopt", decision, key="eva")
    days = [datetime.date.fromisoformat(day(offset)) for offset in range(-3, 3)]
    rows = [focus_rows.row(case.SUBSCRIPTIONS[0], date, 24) for date in days]
    run("import", "usage", provider.write("usage.csv", focus_rows.csv_text(rows)))
    for what, command in acts_in_force.items():
        refused(f"{what} in spite of a conflict", *command, parts=["conflict"], key="uwe")


def appeals_are_heard_by_others():
    """Each of these has all roles, and one part in the case: none of them hears the appeal."""
    case_id = run("case", "open", "--title", "Parts", key="all-open")["id"]
    of = ["--case", case_id]
    claim = run("claim", "add", *of, "--text", "Stores recordings", key="all-claim")["id"]
    finding = run(
        *["finding", "record", *of, "--claim", claim, "--outcome", "supported", "--reason", "x"],
        key="all-find",
    )["id"]
    for subscription in case.SUBSCRIPTIONS:
        run(
            *["attribution", "record", *of, "--subscription", subscription, "--unit", case.UNIT],
            *["--class", "contract", "--reason", "Order form."],
            key="all-attribute",
        )
    report = add_report(provider, "e.txt", ARTICLE.replace("Title: Unit", "Title: Where a unit"))
    run("report", "join", report, *of, key="all-join")
    decision = case.propose(provider, case_id, case.decision_text([finding]), key="all-propose")
    run("decision", "plan", decision, key="all-plan")
    opened = run("hearing", "open", decision, "--until", day(3), key="all-hear")
    run("hearing", "answer", text_file("minutes.txt", "Heard."), "--hearing", opened["id"],
        key="all-minutes")  # fmt: skip
    run("hearing", "acknowledge", opened["id"], key="all-acknowledge")
    run("decision", "sign", decision, key="all-sign")
    run("decision", "sign", decision, key="hana")
    code = run("decision", "statement", decision, "--issue", key="all-state")["appeal_code"]
    run("decision", "adopt", decision, key="all-adopt")
    run("notice", "issue", "public", "--decision", decision, key="all-tell")
    appeal = text_file("parts.txt", "Please look again.")
    filed = run("appeal", "file", appeal, "--code", code)["id"]
    decide = ["appeal", "decide", filed, "--outcome", "reversed", "--reason", "Heard."]
    for person in PARTS:
        refused(f"{person} hears the appeal", *decide, parts=["had no part"], key=person)
    reading = ["report", "show", report, *of, "--purpose", "appeal"]
    run(*reading, key="rita")
    process = provider.start(*decide, key="rita")
    _, error = process.communicate(b"")
    heard = process.returncode == 0
    checks.check(heard, f"who reads the case for the appeal may hear it: {error.decode()}")
    if not heard:
        run(*decide, key="dora")
    lifting = ["decision", "lift", decision, "--reason", "Won.", "--appeal", filed]
    lift = run(*lifting, key="anna")["id"]
    case.plan_and_sign(provider, lift, signers=("ben", "cara"))
    case.adopt(provider, lift)
    refused("lift what is lifted", *lifting, parts=["nothing of"], key="anna")


def strangers(case_id):
    provider.run("key", "new", provider.key_path("mallory"), "--cost", "10")
    of = ["--case", case_id]
    for command in (
        ["report", "add", text_file("m.txt", ARTICLE)],
        ["claim", "add", *of, "--text", "x"],
        ["report", "show", "report-1", *of, "--purpose", "audit"],
        ["records", "read", "contract-register", *of, "--purpose", "audit", "--customer", "ba-1"],
        ["conflict", "declare", *of, "--reason", "x"],
        ["step", "agree", *of, "--text", "x", "--due", day(3)],
        ["update", "schedule", *of, "--audience", "staff", "--due", day(3)],
        ["case", "reopen", case_id, "--class", "public", "--reason", "x"],
        ["notice", "issue", "update", *of],
        ["records", "register", "x", "--class", "billing", "--owner", "x", "--purpose", "x"],
    ):
        what = " ".join(command[:2])
        refused(f"{what} by nobody of the roster", *command, parts=["roster"], key="mallory")
        refused(f"{what} without a key", *command, parts=["--key"])


PARTS = [
    f"all-{part}"
    for part in (
        *("open", "claim", "find", "attribute", "join", "propose", "plan", "hear", "minutes"),
        *("acknowledge", "sign", "state", "adopt", "tell"),
    )
]
EVERY_ROLE = ["administrator", "auditor", "decider", "enforcer", "intake", "liaison", "reviewer"]
begin(provider, dict(PEOPLE, uwe=EVERY_ROLE, **{part: EVERY_ROLE for part in PARTS}))
CASE, FINDING = case.open_case(provider)
reports_and_claims(CASE)
cases_and_steps(CASE)
registers(CASE)
HELD = hearing(CASE, FINDING)
notices_and_appeal(CASE, HELD)
conflicts()
appeals_are_heard_by_others()
strangers(CASE)
verified = run("log", "verify")
checks.check(verified["ok"], f"the log verifies: {verified}")
checks.end()
