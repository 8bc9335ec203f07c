"""What the command line tells people: the texts that they act on, and what they act on."""

import json
import os
import shutil
import subprocess

import case
from provider import PASSPHRASE, Checks, arguments
from story_parts import ARTICLE, PEOPLE, add_report, adopted, begin, day

provider = arguments()
checks = Checks()
ANSWER = "The unit stores calls that it may store.\nWe ask for a meeting."
APPEAL = "The decision rests on the wrong subscription.\nWe ask to have it undone."


def told(*args, key=None, expect=0):
    """What a command prints for people, and what it says on standard error."""
    process = provider.start(*args, key=key)
    out, err = process.communicate(b"")
    checks.check(process.returncode == expect, f"{args}: exit {process.returncode}: {err.decode()}")
    return out.decode(), err.decode()


def says(what, text, *parts):
    missing = [part for part in parts if part not in text]
    checks.check(not missing, f"{what}: expected {missing} in:\n{text}")


def entries():
    return provider.run("log", "show", "--limit", "10000")["entries"]


def letters_are_read_by_command():
    """Who hears an appeal or a hearing reads it by command, and the log says so."""
    heard = case.propose(provider, CASE, case.heard(case.decision_text([FINDING])), "heard.yaml")
    provider.run("decision", "plan", heard, key="anna")
    opened = provider.run("hearing", "open", heard, "--until", day(3), key="lea")
    letter = provider.write("answer.txt", ANSWER)
    read = ["hearing", "show", opened["id"]]
    out, _ = told(*read, key="anna")
    says("a hearing without an answer", out, opened["id"], heard, day(3), "no answer yet")
    provider.run("hearing", "answer", letter, "--code", opened["code"])
    out, _ = told(*read, key="anna")
    says("a hearing", out, opened["id"], heard, "answered", ANSWER, "hearing acknowledge")
    shown = provider.run(*read, key="lea")
    checks.check(shown["answer"] == ANSWER and shown["case"] == CASE, f"hearing as JSON: {shown}")

    decision, code = adopted(provider, CASE, FINDING, regions="ie-1")
    letter = provider.write("appeal.txt", APPEAL)
    appeal = provider.run("appeal", "file", letter, "--code", code)["id"]
    read = ["appeal", "show", appeal]
    out, _ = told(*read, key="hana")
    says("an appeal", out, appeal, decision, APPEAL, "appeal decide", "decision statement")
    shown = provider.run(*read, "--purpose", "audit", key="otto")
    checks.check(shown["text"] == APPEAL, f"appeal as JSON: {shown}")
    newest = entries()[-1]
    checks.check(
        newest["type"] == "record.read"
        and newest["data"] == {"class": "customer_statement", "purpose": "audit", "what": appeal},
        f"the reading is in the log: {newest}",
    )
    # Reading it is no part in the case: who read it may still hear it.
    provider.run(
        *["appeal", "decide", appeal, "--outcome", "upheld", "--reason", "Checked."], key="hana"
    )
    out, _ = told(*read, key="hana")
    says("a decided appeal", out, "upheld", "Checked.", "Hana Example")

    checks.refused("a read by nobody", provider.run(*read, expect=1), "--key")
    checks.refused("a read by intake", provider.run(*read, key="ira", expect=1), "auditor")
    checks.refused(
        "no such appeal",
        provider.run("appeal", "show", "appeal-9", key="hana", expect=1),
        "appeal-9",
    )
    provider.run("conflict", "declare", "--case", CASE, "--reason", "Kin.", key="cara")
    for what in (["appeal", "show", appeal], ["hearing", "show", opened["id"]]):
        error = provider.run(*what, key="cara", expect=1)
        checks.refused(f"{what} in a conflict", error, "conflict")
    checks.refused(
        "a purpose that is none",
        provider.run(*read, "--purpose", "gossip", key="hana", expect=1),
        "gossip",
    )


def entries_say_what_they_are_about():
    """Each entry of the log names its subject, and a case's entries can be had alone."""
    shown = provider.run("log", "show", "--limit", "10000")["entries"]
    for entry in shown:
        bare = entry["type"] in ("log.initialised", "case.opened", "case.evaluated", "case.closed")
        bare = bare or entry["type"] in ("conflict.declared", "notice.issued")
        checks.check(bool(entry["subject"]) != bare, f"the subject of {entry}")
        said = entry["says"] or entry["type"] not in ("notice.issued", "decision.proposed")
        checks.check(bool(said), f"what is said of {entry}")
    hearing = [entry for entry in shown if entry["type"] == "hearing.opened"][0]
    decision = hearing["data"]["decision"]
    checks.check(hearing["subject"] == ["hearing-1", decision], f"a hearing's subject: {hearing}")

    other = provider.run("case", "open", "--title", "Other", key="anna")["id"]
    alone = provider.run("log", "show", "--case", CASE, "--limit", "10000")["entries"]
    of_case = [entry["index"] for entry in shown if entry.get("case") == CASE]
    checks.check([entry["index"] for entry in alone] == of_case, "the entries of a case alone")
    attributed = [entry for entry in alone if entry["type"] == "attribution.recorded"]
    checks.check(
        [entry["subject"][1] for entry in attributed] == case.SUBSCRIPTIONS,
        f"in its case, an attribution names its subscription: {attributed}",
    )
    checks.check(
        not any(name in str(shown) for name in case.SUBSCRIPTIONS),
        "outside of its case, no subscription is named",
    )
    two = provider.run("log", "show", "--case", CASE, "--from", of_case[3], "--limit", "2")
    checks.check([entry["index"] for entry in two["entries"]] == of_case[3:5], f"two: {two}")
    out, _ = told("log", "show", "--case", CASE, "--limit", "10000")
    says("kinds and outcomes", out, "(interim)", "(supported)")
    says("the log of a case", out, "ABOUT", f"hearing-1, {decision}", "sub-em-archive-01")
    checks.check(other not in out, "the other case's entries are left out")
    error = provider.run("log", "show", "--case", "case-9", expect=1)
    checks.refused("the log of no case", error, "case-9")


def a_proposal_is_shown_with_what_it_rests_on():
    """Who is to judge a decision sees its grounds, who it hits, and whose turn it is."""
    text = case.heard(case.decision_text([FINDING], regions="ie-1"))
    decision = case.propose(provider, CASE, text, "judge.yaml", key="dora")
    show = ["decision", "show", decision]

    def step(act, *people):
        shown = provider.run(*show)["next"]
        names = [shown_name(person) for person in shown["people"]]
        told_people = [f"{person.title()} Example" for person in people]
        checks.check(shown["act"] == act, f"{decision}: next is {act}: {shown}")
        checks.check(sorted(names) == sorted(told_people), f"{act} by {people}: {names}")
        return shown

    out, _ = told(*show)
    says(
        "a proposal", out, "clause 4.2", "Bulk storage", FINDING, "supported", "Metering shows it."
    )
    says("a proposal", out, "proposed by Dora Example", "sub-em-archive-01", "attribution-1")
    says("a proposal", out, case.UNIT, "object-storage", "ie-1", "suspended")
    says("a proposal", out, "Next: proviso decision plan", "reviewer", "decider")
    planners = ("anna", "ben", "cara", "dora", "hana", "rita")
    # cara declared a conflict in this case.
    step("decision plan", *[person for person in planners if person != "cara"])

    provider.run("decision", "plan", decision, key="anna")
    heard_by = [person for person in ("lea", *planners) if person != "cara"]
    step("hearing open", *heard_by)
    hearing = provider.run("hearing", "open", decision, "--until", day(3), key="lea")
    waits = step("hearing answer", "lea")
    checks.check(day(3) in waits["waits_for"], f"the customer's turn: {waits}")
    letter = provider.write("answer.txt", ANSWER)
    provider.run("hearing", "answer", letter, "--code", hearing["code"])
    step("hearing acknowledge", *[person for person in ("lea", "anna", "dora", "rita")])
    provider.run("hearing", "acknowledge", hearing["id"], key="lea")
    step("decision sign", "ben", "hana")  # dora proposed it
    out, err = told("decision", "sign", decision, key="dora", expect=1)
    checks.check(not out, f"who may not sign is not shown the plan first: {out}")
    says("a refused signature", err, "who prepares a decision does not approve it")
    out, _ = told("decision", "sign", decision, key="ben")
    says("what is signed", out, "LOSES", "planned by Anna Example", "proposed by Dora Example")
    checks.check('"restrictions"' not in out, f"what is signed is no raw JSON: {out}")
    step("decision sign", "hana")
    out, _ = told(*show)
    says("a plan", out, "1 signature, 2 needed: Ben Example", "hit", "Next: proviso decision sign")
    says("a plan", out, "Hana Example", "LOSES", "planned by Anna Example")
    provider.run("decision", "sign", decision, key="hana")
    step("statement issue", *heard_by)
    provider.run("decision", "statement", decision, "--issue", key="lea")
    step("decision adopt", *[person for person in ("eva", "ben", "dora", "hana")])
    provider.run("decision", "adopt", decision, key="eva")
    shown = provider.run(*show)
    checks.check(shown["next"] is None, f"nothing is next: {shown['next']}")
    checks.check(
        [ground["finding"] for ground in shown["grounds"]] == [FINDING]
        and shown["clause"]["id"] == "4.2"
        and bool(shown["clause"]["title"])
        and bool(shown["attributions"]),
        f"what it rests on, as JSON: {shown['grounds']} {shown['clause']}",
    )


def shown_name(pseudonym):
    people = provider.run("roster", "show")["current"]["people"]
    return next(person["name"] for person in people if person["person"] == pseudonym)


def a_key_of_the_environment_says_whose_it_is():
    words = ["case", "open", "--title", "Whose key"]
    out, err = told(*words, key="dora")
    says("PROVISO_KEY", err, "acting as Dora Example (reviewer, decider)\n")
    checks.check("acting as" not in out, f"standard output says nothing of it: {out}")
    _, err = told(*words, "--key", provider.key_path("anna"), key="dora")
    checks.check("acting as" not in err, f"--key was written by who acts: {err}")
    _, err = told("case", "list", key="dora")
    checks.check("acting as" not in err, f"nobody acts in a list: {err}")
    # Whom the roles do not allow is told who was taken for whom.
    _, err = told(*words, key="eva", expect=1)
    says("a refusal", err, "acting as Eva Example", "needs the role reviewer")
    files = [provider.write(f"many-{i}.txt", f"A text, number {i}.\n") for i in range(3)]
    _, err = told("report", "add", *files, key="ira")
    checks.check(err.count("acting as Ira Example") == 1, f"once for many files: {err}")
    provider.serve()
    _, err = told(*words, key="dora")
    says("through a server", err, "acting as Dora Example")
    provider.stop()


def drafts_are_adopted_once():
    report = add_report(provider, "article.txt", ARTICLE)
    provider.run("report", "join", report, "--case", CASE, key="anna")
    drafts = provider.run("claim", "drafts", "--case", CASE)["drafts"]
    checks.check(all(draft["adopted"] is None for draft in drafts), f"none adopted: {drafts}")
    draft = drafts[0]
    adopt = ["claim", "adopt", draft["id"], "--case", CASE]
    out, _ = told(*adopt, key="anna")
    says("an adoption", out, draft["text"], "claim-")
    drafts = provider.run("claim", "drafts", "--case", CASE)["drafts"]
    claim = drafts[0]["adopted"]
    checks.check(claim is not None, f"the draft is marked: {drafts[0]}")
    out, _ = told("claim", "drafts", "--case", CASE)
    says("drafts", out, f"adopted as {claim}")
    error = provider.run(*adopt, key="anna", expect=1)
    checks.refused("the same draft again", error, claim, "drop it first")
    shown = provider.run(*adopt, "--text", "Other words", key="anna", expect=1)
    checks.refused("the same draft in other words", shown, claim)
    provider.run("claim", "drop", claim, "--case", CASE, "--reason", "Misread.", key="anna")
    again = provider.run(*adopt, key="anna")
    checks.check(again["text"] == draft["text"], f"a dropped one is free again: {again}")


def json_that_is_no_report_is_refused():
    before = provider.run("report", "list")["received"]
    for name, text in (("a.json", "[1, 2]"), ("n.json", "42"), ("o.json", '{"subject": "x"}')):
        error = provider.run("report", "add", provider.write(name, text), key="ira", expect=1)
        checks.refused(name, error, name, "expected one JSON object with `xarf_version`", "found")
    after = provider.run("report", "list")["received"]
    checks.check(after == before, "no article was made of it")


def a_verdict_says_that_nobody_has_the_subscription():
    words = ["decide", "--service", "blob-store", "--region", "nl-1", "--operation", "read"]
    known = provider.run(*words, "--subscription", "sub-em-website-08")
    checks.check(known["verdict"] == "allow" and known["reason"] is None, f"a known one: {known}")
    unknown = provider.run(*words, "--subscription", "sub-of-nobody")
    checks.check(
        unknown["verdict"] == "allow" and unknown["reason"] == "unknown subscription", f"{unknown}"
    )
    out, err = told(*words, "--subscription", "sub-of-nobody")
    says("an unknown subscription", out, "allow", "unknown subscription")
    says("an unknown subscription", err, "no customer has `sub-of-nobody`", "gateway")
    provider.serve()
    served = provider.run(*words, "--subscription", "sub-of-nobody")
    checks.check(served["reason"] == "unknown subscription", f"beside a server: {served}")
    provider.stop()


def a_verdict_is_what_a_gateway_is_answered():
    """One that hands the question over in headers: who cannot be named there is denied."""
    words = ["decide", "--service", "blob-store", "--region", "nl-1", "--operation", "read"]
    for name in ("", "two words", "sub-1,sub-2", "x" * 256):
        found = provider.run(*words, "--subscription", name)
        checks.check(
            (found["verdict"], found["reason"]) == ("deny", "no subscription"), f"{name!r}: {found}"
        )
    error = provider.run("decide", "--subscription", "sub-1", expect=2)
    checks.refused("a part of a question", error, "--service, --region, --operation", "--stdin")
    question = {"subscription": "s", "service": "blob-store", "region": "nl-1", "operation": "read"}
    lines = [json.dumps(question), json.dumps(question | {"att": "2026-12-01T09:30:00Z"})]
    process = provider.start("decide", "--stdin")
    out, _ = process.communicate("\n".join(lines).encode())
    answers = [json.loads(line) for line in out.splitlines()]
    checks.check(process.returncode == 1 and answers[0]["verdict"] == "allow", f"{answers}")
    checks.refused("an unknown member", answers[1]["error"]["message"], "line 2", "`att`", "`at`")


def many_files_open_the_directory_once():
    """The log is replayed once for all files of a command, not once for each."""
    files = [provider.write(f"batch-{i}.txt", f"One of a batch, number {i}.\n") for i in range(8)]
    words = ["report", "add"]
    # The key is opened once too: a passphrase that is read from a pipe is there once.
    process = provider.start(*words, *files, "--passphrase-fd", "0", key="ira")
    out, err = process.communicate(f"{PASSPHRASE}\n".encode())
    checks.check(process.returncode == 0 and out.count(b"report-") >= 8, f"one passphrase: {err}")
    trace = provider.work / "trace.txt"
    if shutil.which("strace") is None:
        print("no strace: how often the directory is opened is not counted", flush=True)
        return
    environment = dict(os.environ, PROVISO_PASSPHRASE=PASSPHRASE, ASAN_OPTIONS="detect_leaks=0")
    command = ["strace", "-f", "-e", "trace=openat", "-o", trace]
    command += [provider.binary, "-C", provider.data, *words, *files]
    command += ["--key", provider.key_path("ira")]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    opened = [line for line in trace.read_text().splitlines() if '/data/lock"' in line]
    checks.check(len(opened) == 1, f"the lock was opened once: {opened}")


def a_lost_code_is_renewed():
    decision = case.propose(provider, CASE, case.decision_text([FINDING]), "lost.yaml")
    provider.run("decision", "plan", decision, key="anna")
    hearing = provider.run("hearing", "open", decision, "--until", day(3), key="lea")
    error = provider.run("hearing", "open", decision, "--until", day(3), key="lea", expect=1)
    checks.refused("opened twice", error, f"proviso code renew {hearing['id']}")
    out, _ = told("code", "renew", hearing["id"], key="anna")
    code = next(line.strip() for line in out.splitlines() if line.count("-") == 4)
    letter = provider.write("late.txt", ANSWER)
    answer = ["hearing", "answer", letter, "--code"]
    checks.refused("a void code", provider.run(*answer, hearing["code"], expect=1), "no hearing")
    provider.run(*answer, code)
    error = provider.run("code", "renew", hearing["id"], key="anna", expect=1)
    checks.refused("a hearing that was answered", error, "takes no answer")

    # Cara declared a conflict in the first case.
    decision, lost = adopted(provider, *case.open_case(provider))
    code = provider.run("code", "renew", decision, key="lea")["code"]
    file = ["appeal", "file", provider.write("appeal.txt", APPEAL), "--code"]
    checks.refused("a void appeal code", provider.run(*file, lost, expect=1), "no decision")
    provider.run(*file, code)
    checks.refused(
        "renewed by intake", provider.run("code", "renew", decision, key="ira", expect=1), "liaison"
    )
    checks.refused(
        "no such thing", provider.run("code", "renew", "case-1", key="lea", expect=1), "case-1"
    )
    renewed = [entry for entry in entries() if entry["type"] == "code.renewed"]
    checks.check(
        [entry["subject"] for entry in renewed] == [[hearing["id"]], [decision]],
        f"the log has each renewal: {renewed}",
    )
    checks.check(code not in str(entries()), "and no code")


begin(provider, PEOPLE)
CASE, FINDING = case.open_case(provider)
letters_are_read_by_command()
entries_say_what_they_are_about()
a_proposal_is_shown_with_what_it_rests_on()
a_key_of_the_environment_says_whose_it_is()
drafts_are_adopted_once()
json_that_is_no_report_is_refused()
a_verdict_says_that_nobody_has_the_subscription()
a_verdict_is_what_a_gateway_is_answered()
many_files_open_the_directory_once()
a_lost_code_is_renewed()
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
checks.end()
