"""A word planted in every confidential text of a case: who finds which of them, and where.

Each word is planted as a row of the table in docs/formats/notices.md, or as one of KEPT_NOWHERE.
"""

import base64
import datetime
import hashlib
import http.client
import json
import re

import case
import focus_rows
from provider import Checks, arguments
from story_parts import PEOPLE, begin, day

provider = arguments()
checks = Checks()

NOWHERE = "what is kept nowhere"
ORIGINAL = "an original, beside what was read of it"
CONFIDENTIAL = "what only the reviewers see"
PERSON = "names and pseudonyms of people"
UNPRONOUNCED = "bcdfghjklmnpqrstvwxz"
planted = {}  # word: row of the table


def word(row):
    """A word of its own, that no filter takes for anything but a word."""
    number = len(planted)
    letters = ""
    for _ in range(4):
        letters += UNPRONOUNCED[number % 20]
        number //= 20
    planted[f"qu{letters}uq"] = row
    return f"qu{letters}uq"


def found(content):
    """Rows of which a word stands in `content`."""
    text = content.replace(b"\0", b"").lower()
    words = set(re.findall(rb"qu[b-z]{4}uq", text))
    for code in re.findall(rb"[A-Za-z0-9+/]{24,}", content):
        try:
            words |= set(re.findall(rb"qu[b-z]{4}uq", base64.b64decode(code + b"==").lower()))
        except ValueError:
            pass
    places = {planted.get(item.decode()) for item in words}
    places |= {row for figure, row in figures.items() if figure in text}
    return places - {None}


figures = {}  # numbers as they may be printed
said = []  # (what, output, error output)


def say(*args, key=None, expect=0, quiet=False):
    """Runs it for people; for programs too where that changes nothing. Keeps all that was said."""
    process = provider.start(*args, key=key)
    out, err = process.communicate(b"")
    what = " ".join(map(str, args[:2]))
    checks.check(process.returncode == expect, f"{args}: {process.returncode}: {err.decode()}")
    if not quiet:
        said.append((what, out, err))
    return out


def act(*args, key):
    """An act as JSON, its answer kept among what was said."""
    process = provider.start(*args, "--json", key=key)
    out, err = process.communicate(b"")
    checks.check(process.returncode == 0, f"{args}: {process.returncode}: {err.decode()}")
    said.append((" ".join(map(str, args[:2])), out, err))
    return json.loads(out)


CUSTOMERS = """\
customers:
  - id: ba-{customer_id}
    name: {customer} Ministry
    contract: {{terms: acceptable-use, version: 2026-01, since: 2021-03-01}}
    units:
      - id: {unit_id}
        name: {unit} Unit
        aliases: [Unit {alias}]
    subscriptions:
      - id: sub-{subscription}
        name: {subscription_name}
        depended_on_by: [sub-{dependent}]
  - id: ba-{other_id}
    name: {other} Company
    contract: {{terms: acceptable-use, version: 2026-01, since: 2021-03-01}}
    subscriptions: [{{id: sub-{dependent}, name: {dependent_name}}}]
"""
OTHERS = "other customers, and what of theirs is hit"
WORDS = {
    "customer_id": word("customer's id"),
    "customer": word("customer's name").title(),
    "unit_id": word("unit's id"),
    "unit": word("unit's name").title(),
    "alias": word("sentence of a published article").title(),  # the article says it
    "subscription": word("subscriptions"),
    "subscription_name": word("subscriptions"),
    "other_id": word(OTHERS),
    "other": word(OTHERS).title(),
    "dependent": word(OTHERS),
    "dependent_name": word(OTHERS),
}
CUSTOMER, UNIT = f"ba-{WORDS['customer_id']}", WORDS["unit_id"]
SUBSCRIPTION, OTHER = f"sub-{WORDS['subscription']}", f"sub-{WORDS['dependent']}"
QUOTED = word("sentence of a published article")
DOCUMENT = "titles, texts and details of reports"
REPORTER = "authors, outlets, letter writers, tips"

ARTICLE = f"""\
<!DOCTYPE html>
<html lang="en"><head><title>A unit keeps calls, {word(DOCUMENT)}</title>
<meta name="author" content="Jo {word(REPORTER).title()}">
<meta property="og:site_name" content="The {word(REPORTER).title()} Herald">
<!-- {word(ORIGINAL)} --><script>var x = "{word(ORIGINAL)}";</script></head>
<body><nav><a href="/">{word(ORIGINAL)}</a></nav><article>
<p>Unit {WORDS['alias']} stores 11,500 TB of recordings of {QUOTED} calls in object storage in
Ireland.</p>
<p>A former officer spoke of {word(DOCUMENT)} at length, and of the calls that he had heard.</p>
</article></body></html>
"""
# Style and detail of a letter tell who wrote it, also where a reviewer makes its words a claim.
WRITTEN = {
    how: f"Unit {WORDS['alias']} uses speech to text on calls of {word(f'a letter, {how}')} "
    f"people in Ireland, say {count} members of ours."
    for how, count in (
        ("adopted", "nine"),
        ("adopted as another of its sentences", "ten"),
        ("typed", "eleven"),
        ("typed within more words", "twelve"),
        ("typed in part", "thirteen"),
        ("typed in capitals", "fourteen"),
    )
}
PARAGRAPHS = "\n\n".join(WRITTEN.values())
LETTER = f"""\
From: Ines {word(REPORTER).title()}, Example Rights Watch
Date: 2026-05-18
Subject: About {word(DOCUMENT)}

{PARAGRAPHS}
"""
NOTICE = f"""\
Law: Example Act, section {word(DOCUMENT)}
Reference: EX-{word(DOCUMENT)}
Location: bucket {word(DOCUMENT)}
Contact: clerk-{word(REPORTER)}@court.example
Date: 2026-08-12

We ask you to look into what this unit keeps about {word(DOCUMENT)}.
"""
PAYLOAD = base64.b64encode(f"+316550123 said {word(ORIGINAL)}".encode()).decode()
ABUSE = {
    "xarf_version": "4.2.0",
    "report_id": "4f0e6a52-8c0c-4b3e-9a62-1c5a1f6a7b10",
    "timestamp": "2026-08-12T10:00:00Z",
    "source_identifier": f"{word(DOCUMENT)}.customer.example",
    "category": "reputation",
    "type": "threat_intelligence",
    "threat_type": "acceptable_use_violation",
    "description": f"The unit keeps {word(DOCUMENT)} in storage.",
    "evidence": [{"content_type": "text/plain", "payload": PAYLOAD}],
    "seen_by": f"Kim {word(ORIGINAL).title()}",
    "_internal": {"note": word(ORIGINAL)},
}
for part in ("reporter", "sender"):
    ABUSE[part] = {
        "org": f"{word(REPORTER).title()} Group",
        "contact": f"{word(REPORTER)}@rights.example",
        "domain": f"{word(REPORTER)}.example",
    }
CONTRACTS = f"""\
agreement,customer,subscription,class,region,from,until,quantity,unit,notes,contact
A-{word(CONFIDENTIAL)},{CUSTOMER},{SUBSCRIPTION},object-storage,ie-1,2025-01-01,,9000,GB,\
call {word(NOWHERE)} on +31655012345,Mia {word(NOWHERE).title()}
A-2,{CUSTOMER},{SUBSCRIPTION},speech-to-text,nl-1,{word(NOWHERE)},,,,the transcript: \
{word(NOWHERE)},{word(NOWHERE)}
"""


def delivered():
    """Metering of one region, whose free text is full of words and numbers."""
    quantity = 7_315_731
    for figure in ("7315731", "7,315,731", "7,315.731", "7.3157"):
        figures[figure.encode()] = "checks, computed figures, metering"
    free = ("ResourceName", "ResourceId", "Tags", "ChargeDescription", "SubAccountName")
    rows = [
        focus_rows.row(
            SUBSCRIPTION,
            datetime.date.fromisoformat(day(offset)),
            quantity * 24,
            RegionId="ie-1",
            BillingAccountId=CUSTOMER,
            **{name: f"+31655012345 {word(NOWHERE)}" for name in free},
        )
        for offset in range(-8, -1)
    ]
    return focus_rows.csv_text(rows)


def receive(name, text, *kind):
    path = provider.write(name, text)
    return act("report", "add", path, *kind, key="ira")["reports"][0]["id"]


def reports(case_id):
    ids = [
        receive("article.html", ARTICLE),
        receive("letter.txt", LETTER, "--kind", "letter"),
        receive("notice.txt", NOTICE, "--kind", "legal-notice"),
        receive("abuse.json", json.dumps(ABUSE)),
    ]
    for report in ids:
        act("report", "join", report, "--case", case_id, key="anna")
    return ids


def copied_claims(of, drafts):
    """Claims in the words of a letter, brought in by all the ways that there are."""
    ids = [
        draft["id"]
        for how in ("adopted", "typed")
        for draft in drafts
        if draft["text"] == WRITTEN[how]
    ]
    checks.check(len(ids) == 2, f"the letter's sentences are drafts: {drafts}")
    act("claim", "adopt", ids[0], *of, key="anna")
    # Adopted from one sentence, in the words of another one of that letter.
    act("claim", "adopt", ids[1], *of, "--text", WRITTEN["adopted as another of its sentences"],
        key="anna")  # fmt: skip
    for text in (
        WRITTEN["typed"],
        f"They say: {WRITTEN['typed within more words']}",
        WRITTEN["typed in part"][:-20],
        WRITTEN["typed in capitals"].upper(),
    ):
        act("claim", "add", *of, "--text", text, key="anna")
    claims = act("claim", "list", *of, key=None)["claims"]
    return [claim["id"] for claim in claims][-len(WRITTEN) :]


def review(case_id):
    of = ["--case", case_id]
    reason = word("reason of a finding")
    drafts = act("claim", "drafts", *of, key=None)["drafts"]
    article = [draft for draft in drafts if QUOTED in draft["text"].lower()]
    checks.check(bool(article), f"the article's sentence is a draft: {drafts}")
    own = word("text of a claim")
    check = f"usage(unit: {UNIT}, class: object-storage, region: ie-1) at {day(-3)} >= 1 GB"
    quoted = act(
        *["claim", "adopt", article[0]["id"], *of, "--text", f"Keeps calls, {own}"],
        *["--check", check],
        key="anna",
    )["id"]
    typed = act("claim", "add", *of, "--text", f"Grows: {word('text of a claim')}", key="anna")[
        "id"
    ]
    copied = copied_claims(of, drafts)
    notes = "reasons of closing, reopening, linking, dropping"
    edit = ["--text", f"Grew: {word('text of a claim')}", "--reason", word(notes)]
    act("claim", "edit", typed, *of, *edit, key="anna")
    lost = act("claim", "add", *of, "--text", f"Lost: {word(CONFIDENTIAL)}", key="anna")["id"]
    act("claim", "drop", lost, *of, "--reason", word(notes), key="anna")
    act(
        *["attribution", "record", *of, "--subscription", SUBSCRIPTION, "--unit", UNIT],
        *["--class", "contract", "--reason", word("attributions")],
        key="anna",
    )
    act("case", "run", case_id, key="anna")
    findings = [
        act(
            *["finding", "record", *of, "--claim", claim, "--outcome", outcome],
            *["--reason", f"Because {reason} {word('reason of a finding')}."],
            key="anna",
        )["id"]
        for claim, outcome in (
            *((quoted, "supported"), (typed, "partly_supported")),
            *((claim, "supported") for claim in copied),
        )
    ]
    step = act(*["step", "agree", *of, "--text", word("agreed steps"), "--due", day(4)], key="lea")[
        "id"
    ]
    act(
        *["step", "record", step, *of, "--outcome", "met", "--reason", word(CONFIDENTIAL)],
        key="lea",
    )
    act("update", "schedule", *of, "--audience", "public", "--due", day(5), key="lea")
    other = act("case", "open", "--title", word("title of the case"), key="anna")["id"]
    act("case", "link", case_id, "--to", other, "--reason", word(notes), key="anna")
    act("case", "close", other, "--reason", word(notes), key="anna")
    reopen = ["case", "reopen", other, "--class", "public", "--reason", word(notes)]
    act(*reopen, key="anna")
    act("conflict", "declare", *of, "--reason", word(CONFIDENTIAL), key="rita")
    return findings


def decision_file(findings):
    text = case.decision_text(findings, classes="object-storage", regions="ie-1", unit=UNIT)
    text = re.sub("summary: .*", f"summary: {word('summary of the decision')}", text)
    why = word("why it is incompatible with the clause")
    text = re.sub("why_incompatible: .*", f"why_incompatible: {why}", text)
    held = word("how the customer was heard, or why not")
    return re.sub("waived: .*", f"held: Letters, {held}", text)


codes = []  # (code, what gave it)


def decided(case_id, findings):
    """Heard, signed, in force, appealed against, lifted; what is told on the way."""
    decision = act(
        *["decision", "propose", "--case", case_id],
        provider.write("decision.yaml", decision_file(findings)),
        key="anna",
    )["id"]
    act("decision", "plan", decision, key="anna")
    letters("intent", "customer", "hearing", "notice", decision, "--until", day(5))
    opened = act("hearing", "open", decision, "--until", day(5), key="lea")
    codes.append((opened["code"], "hearing open"))
    answer = provider.write("answer.txt", f"We say {word('customer' + chr(39) + 's answer')}.\n")
    act("hearing", "answer", answer, "--code", opened["code"], key=None)
    told = act("hearing", "acknowledge", opened["id"], key="lea")
    letter("acknowledgement", "customer", told["markdown"].encode())
    case.plan_and_sign(provider, decision, planner="anna")
    letters("statement", "customer", "decision", "statement", decision)
    issued = act("decision", "statement", decision, "--issue", key="lea")
    codes.append((issued["appeal_code"], "decision statement"))
    updates(case_id, "before adoption")
    act("decision", "adopt", decision, key="eva")
    public(decision, "in force")
    serving()
    appeal = provider.write("appeal.txt", f"We object: {word('text of an appeal')}.\n")
    filed = act("appeal", "file", appeal, "--code", issued["appeal_code"], key=None)["id"]
    public(decision, "under appeal")
    updates(case_id, "under appeal")
    reason = word("reason of the answer to an appeal")
    decide = ["appeal", "decide", filed, "--outcome", "reversed", "--reason", reason]
    act(*decide, key="hana")
    letters(
        "appeal-answer",
        "customer",
        *["notice", "show", "appeal-answer", "--case", case_id, "--appeal", filed],
    )
    lift = act("decision", "lift", decision, "--reason", word("reason of a lift"), key="anna")["id"]
    case.plan_and_sign(provider, lift)
    letters("statement of the lift", "customer", "decision", "statement", lift)
    case.adopt(provider, lift)
    public(lift, "lifted")
    updates(case_id, "lifted")
    return decision


seen = {}  # audience: rows that some letter showed


def letter(what, audience, content):
    rows = found(content)
    seen.setdefault(audience, set()).update(rows)
    hidden = {row for row in rows if TABLE.get(row, {}).get(audience) != "shown"}
    checks.check(not hidden, f"{what} to {audience} shows {sorted(hidden)}")


def letters(what, audience, *words):
    """A letter as Markdown, as data, and as a page where there is one."""
    letter(f"{what}, Markdown", audience, say(*words, quiet=True))
    letter(f"{what}, JSON", audience, say(*words, "--json", quiet=True))
    if words[0] == "decision":
        return
    page = provider.work / f"{what.replace(' ', '-')}-{audience}.html"
    say(*words, "--html", page, quiet=True)
    letter(f"{what}, page", audience, page.read_bytes())


def public(decision, when):
    for audience in ("staff", "public"):
        letters(f"{audience} {when}", audience, "notice", "show", audience, "--decision", decision)
        act("notice", "issue", audience, "--decision", decision, key="lea")


def updates(case_id, when):
    for audience in ("customer", "staff", "public"):
        words = ["notice", "show", "update", "--case", case_id, "--audience", audience]
        letters(f"update {when}", audience, *words)


def read_table():
    """Who may see what, as docs/formats/notices.md has it."""
    text = (provider.source / "docs/formats/notices.md").read_text()
    rows = re.findall(r"^\| ([^|`]+) \| (\S[^|]*) \| (\S[^|]*) \| (\S[^|]*) \|$", text, re.M)
    return {
        what.strip(): dict(zip(("customer", "staff", "public"), map(str.strip, sights)))
        for what, *sights in rows
    }


def told_by_hash(case_id):
    """A short letter can be guessed, and compared with a bare hash: the log tells no customer."""
    issue = ["notice", "issue", "update", "--case", case_id, "--audience", "customer"]
    text = act(*issue, key="lea")["markdown"]
    digest = hashlib.sha256(text.encode()).hexdigest().encode()
    entries = provider.data / "log/tile/entries"
    holds = [path.name for path in entries.rglob("*") if path.is_file()
             and digest in path.read_bytes()]  # fmt: skip
    checks.check(not holds, "the public log has the bare hash of an update to the customer")


def ask_point(port, subscription):
    """All that a decision point says: status, headers, body."""
    point = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    answers = b""
    for path in ("/authz/forward", "/healthz", "/readyz", "/metrics", "/"):
        headers = {"X-Proviso-Service": "blob-store", "X-Proviso-Region": "ie-1"}
        headers |= {"X-Original-Method": "PUT", "X-Proviso-Subscription": subscription}
        point.request("GET", path, headers=headers)
        answer = point.getresponse()
        answers += f"{path} {answer.status} {answer.getheaders()}\n".encode() + answer.read()
    point.close()
    return answers


def serving():
    answers = ask_point(provider.serve()["ports"][0], SUBSCRIPTION)
    checks.check(b"deny" in answers, f"it is in force: {answers}")
    provider.stop()
    question = ["decide", "--subscription", SUBSCRIPTION, "--service", "blob-store"]
    question += ["--region", "ie-1", "--operation", "read"]
    for form in ([], ["--json"]):
        process = provider.start(*question, *form)
        out, err = process.communicate(b"")
        answers += out + err
    rows = found(answers)
    checks.check(not rows, f"the decision point says {sorted(rows)}: {answers}")


def outputs(case_id, report_ids):
    """What the commands print that show a case, its log, and all records."""
    page = provider.work / "case.html"
    for words in (
        ["case", "show", case_id],
        ["case", "list"],
        ["claim", "list", "--case", case_id],
        ["report", "list"],
        ["records", "list"],
        ["usage", "list"],
        ["usage", "rollup"],
        ["roster", "show"],
        ["log", "show", "--limit", "10000"],
        ["log", "verify"],
        ["log", "checkpoint"],
    ):
        say(*words)
        say(*words, "--json")
    say("case", "show", case_id, "--html", page)
    said.append(("case show --html", page.read_bytes(), b""))
    read = ["--case", case_id, "--purpose", "review"]
    rows = act("records", "read", "contracts", *read, "--customer", CUSTOMER, key="anna")["rows"]
    checks.check(len(rows) == 1, f"one row is kept: {rows}")
    shown = b""
    for number, report in enumerate(report_ids):
        copy = provider.work / f"original-{number}"
        shown += say(*["report", "show", report, *read, "--original", copy], key="anna", quiet=True)
        checks.check(copy.read_bytes() == ORIGINALS[number].encode(), f"{report} is unchanged")
    checks.check({DOCUMENT, REPORTER} <= found(shown), "report show shows what was read")


def check_outputs():
    for what, out, err in said:
        rows = found(out) & {NOWHERE, ORIGINAL}
        checks.check(not rows, f"`{what}` prints {sorted(rows)}")
        # Whoever signs is told as whom: their own name, which is no secret to them.
        rows = found(re.sub(rb"(?m)^acting as .*$", b"", err))
        checks.check(not rows, f"`{what}` complains with {sorted(rows)}: {err.decode()}")
        if what.startswith("log "):
            # The command names people to those at the machine; the log does not (case.md).
            rows = found(out) - {PERSON}
            checks.check(not rows, f"`{what}` prints {sorted(rows)}")
    everything = set().union(*(found(out) for _, out, _ in said))
    unseen = set(planted.values()) - everything - {NOWHERE, ORIGINAL}
    checks.check(not unseen, f"words that no output ever showed prove nothing: {sorted(unseen)}")


# What lies in the data directory in clear: what questions about metering, records and restrictions
# are answered from, readable by its owner alone.
IN_CLEAR = {
    "lake": {"subscriptions", "customer's id"},
    "records": {"subscriptions", "customer's id", CONFIDENTIAL},
    "table": {"subscriptions"},
}


def check_files():
    for path in sorted(provider.data.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(provider.data)
        rows = found(path.read_bytes() + str(name).encode()) - IN_CLEAR.get(name.parts[0], set())
        checks.check(not rows, f"DATA/{name} holds {sorted(rows)}")
    folder = provider.work / "export"
    say("export", folder)
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        rows = found(content) & {NOWHERE, ORIGINAL}
        if path.relative_to(folder).parts[0] == "log":
            rows = found(content)
        checks.check(not rows, f"export {path.relative_to(folder)} holds {sorted(rows)}")


def check_codes():
    """A code was said once, by what made it, and lies nowhere."""
    checks.check(len(codes) == 2, "a code for the hearing, and one for the appeal")
    for code, given_by in codes:
        spellings = {code.encode(), code.replace("-", "").encode(), code.lower().encode()}

        def has(content):
            return any(spelling in content for spelling in spellings)

        times = [what for what, out, err in said if has(out + err)]
        checks.check(times == [given_by], f"the code of {given_by} is said by {times}")
        for folder in ("data", "data.keys", "export"):
            for path in sorted((provider.work / folder).rglob("*")):
                holds = path.is_file() and has(path.read_bytes())
                checks.check(not holds, f"{folder}/{path.name} holds the code of {given_by}")


TABLE = read_table()
checks.check(len(TABLE) > 35, f"the document has the table: {len(TABLE)}")
ORIGINALS = [ARTICLE, LETTER, NOTICE, json.dumps(ABUSE)]
NAMES = {person: word(PERSON).title() for person in PEOPLE}
begin(provider)
roster = provider.work / "roster.yaml"
text = roster.read_text()
for person, name in NAMES.items():
    text = text.replace(f"name: {person.title()} Example", f"name: {name} Example")
roster.write_text(text)
say("roster", "propose", roster, key="adam")
for signer in ("anna", "ben"):
    say("roster", "sign", key=signer)
provider.run("import", "customers", provider.write("customers.yaml", CUSTOMERS.format(**WORDS)),
             key="adam")  # fmt: skip
act("import", "usage", provider.write("usage.csv", delivered()), key=None)
register = ["records", "register", "contracts", "--class", "contract"]
act(*register, "--owner", word(CONFIDENTIAL), "--purpose", word(CONFIDENTIAL), key="adam")
act("records", "import", "contracts", provider.write("c.csv", CONTRACTS), key="adam")
CASE = act("case", "open", "--title", word("title of the case"), key="anna")["id"]
REPORTS = reports(CASE)
FINDINGS = review(CASE)
decided(CASE, FINDINGS)
told_by_hash(CASE)
outputs(CASE, REPORTS)
check_outputs()
check_files()
check_codes()
# The search would find what is hidden: the customer is shown what is the customer's.
for row in ("summary of the decision", "text of a claim", "reason of a finding", "attributions",
            "customer's name", "unit's name", "subscriptions", "reason of a lift",
            "how the customer was heard, or why not", "customer's answer", "text of an appeal",
            "reason of the answer to an appeal", "agreed steps",
            "checks, computed figures, metering"):  # fmt: skip
    checks.check(row in seen["customer"], f"the customer is shown: {row}")
for audience in ("staff", "public"):
    checks.check(
        seen[audience] == {"sentence of a published article"},
        f"{audience} is told what was published, and nothing else: {sorted(seen[audience])}",
    )
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
print(f"{len(planted)} words, {len(said)} outputs", flush=True)
checks.end()
