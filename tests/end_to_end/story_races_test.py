"""Two at the same time, through one server: exactly one is accepted, the other told why."""

import case
from provider import Checks, arguments
from story_parts import ARTICLE, PEOPLE, add_report, begin, day

ROUNDS = 3

provider = arguments()
checks = Checks()


def size():
    return provider.run("log", "checkpoint")["size"]


def race(what, first, second, *, reason):
    """Each is (words, key). One entry is added, and the other refused for the reason."""
    before = size()
    running = [provider.start(*words, "--json", key=key) for words, key in (first, second)]
    ended = [process.communicate(b"") for process in running]
    codes = sorted(process.returncode for process in running)
    errors = [error.decode() for _, error in ended]
    checks.check(codes == [0, 1], f"{what}: exit codes {codes}: {errors}")
    checks.refused(what, "".join(errors), reason)
    checks.check(size() == before + 1, f"{what}: {size() - before} entries")


def twice(what, words, key=None, *, reason):
    race(what, (words, key), (words, key), reason=reason)


def signing(case_id, finding, regions):
    decision = case.propose(
        provider, case_id, case.decision_text([finding], classes="object-storage", regions=regions)
    )
    provider.run("decision", "plan", decision, key="anna")
    opened = provider.run("hearing", "open", decision, "--until", day(3), key="lea")
    answer = provider.write("answer.txt", "We were heard.\n")
    by_code = ["hearing", "answer", answer, "--code", opened["code"]]
    twice("an answer", by_code, reason="takes no answer")
    acknowledge = ["hearing", "acknowledge", opened["id"]]
    twice("an acknowledgement", acknowledge, "lea", reason="already")
    twice("a signature", ["decision", "sign", decision], "ben", reason="once")
    provider.run("decision", "sign", decision, key="cara")
    code = provider.run("decision", "statement", decision, "--issue", key="lea")["appeal_code"]
    twice("an adoption", ["decision", "adopt", decision], "eva", reason="adopted")
    return code


def appealing(code, pair):
    appeal = provider.write("appeal.txt", "Please look again.\n")
    twice("an appeal", ["appeal", "file", appeal, "--code", code], reason="already")
    waiting = provider.run("case", "show", CASE)["appeals"][-1]["id"]
    decide = ["appeal", "decide", waiting, "--reason", "Heard.", "--outcome"]
    first, second = ([*decide, "upheld"], pair[0]), ([*decide, "reversed"], pair[1])
    race("an answer to an appeal", first, second, reason="is decided")


# Who heard one appeal of a case has had a part in it, and hears no other.
PAIRS = [(f"hearer-{number}a", f"hearer-{number}b") for number in range(ROUNDS)]
begin(provider, dict(PEOPLE, **{person: ["decider"] for pair in PAIRS for person in pair}))
provider.serve()
CASE, FINDING = case.open_case(provider)
OTHER = provider.run("case", "open", "--title", "Other", key="anna")["id"]
for number in range(ROUNDS):
    text = ARTICLE.replace("Title: Unit", f"Title: Number {number}: unit")
    report = add_report(provider, f"{number}.txt", text)
    twice("a report", ["report", "join", report, "--case", CASE], "anna", reason="already")
    of = ["--case", CASE, "--reason", "x"]
    agreed = ["step", "agree", "--case", CASE, "--text", "x", "--due", day(3)]
    step = provider.run(*agreed, key="lea")["id"]
    record = ["step", "record", step, *of, "--outcome"]
    race("a step", ([*record, "met"], "lea"), ([*record, "missed"], "anna"), reason=step)
    appealing(signing(CASE, FINDING, ("nl-1", "ie-1", "de-1")[number]), PAIRS[number])
twice("a link", ["case", "link", CASE, "--to", OTHER, "--reason", "x"], "anna", reason="already")
twice("a closing", ["case", "close", OTHER, "--reason", "x"], "anna", reason="open case")
provider.stop()
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
checks.end()
