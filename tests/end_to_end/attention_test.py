"""What changes afterwards is said at once: grounds that fall, and what follows from it."""

import case
from provider import Checks, arguments
from story_parts import PEOPLE, Watch, adopted, begin

provider = arguments()
checks = Checks()
watch = Watch(provider, checks)
refused = watch.refused
run = provider.run


def told(*args, key=None):
    """What the program prints for people."""
    process = provider.start(*args, key=key)
    out, error = process.communicate(b"")
    checks.check(process.returncode == 0, f"{args}: {error.decode()}")
    return out.decode()


def page(case_id):
    """The page of the case, above its first section."""
    path = provider.work / "page.html"
    path.unlink(missing_ok=True)
    told("case", "show", case_id, "--html", path)
    return path.read_text(encoding="utf-8").split("<nav")[0]


def verdict(region="nl-1"):
    return run(
        *["decide", "--subscription", case.SUBSCRIPTIONS[0], "--service", "blob-store"],
        *["--region", region, "--operation", "write"],
    )["verdict"]


def find(case_id, outcome, claim="claim-1", key="rita"):
    return [
        *["finding", "record", "--case", case_id, "--claim", claim],
        *["--outcome", outcome, "--reason", "A later delivery."],
    ]


def a_fallen_ground():
    """It is said by the act that brings it about and wherever the decision is shown."""
    case_id, finding = case.open_case(provider)
    decision, _ = adopted(provider, case_id, finding)
    checks.check(run("case", "show", case_id)["attention"] == [], "nothing to look at yet")
    out = told(*find(case_id, "contradicted"), key="rita")
    for part in ("ATTENTION", decision, finding, "contradicted", "Rita", "decision lift"):
        checks.check(part in out, f"the act says `{part}` at once: {out}")
    for what in (["case", "show", case_id], ["decision", "show", decision]):
        items = run(*what)["attention"]
        checks.check(
            [(item["kind"], item["decision"], item["ground"], item["now"]) for item in items]
            == [("ground_fallen", decision, finding, "contradicted")],
            f"{what}: {items}",
        )
        checks.check("ATTENTION" in told(*what), f"{what} says it to people")
    listed = {item["id"]: item["attention"] for item in run("case", "list")["cases"]}
    checks.check(listed[case_id] == 1, f"the list counts it: {listed}")
    top = page(case_id)
    checks.check("has fallen" in top and "Nothing is pending" not in top, f"the page: {top}")
    checks.check(verdict() == "deny", "nothing is lifted by itself")
    lift = run("decision", "lift", decision, "--reason", "Its ground fell.", key="anna")["id"]
    case.plan_and_sign(provider, lift)
    case.adopt(provider, lift)
    checks.check(verdict() == "allow", "people lift it")
    checks.check(run("case", "show", case_id)["attention"] == [], "and then it is settled")


def a_finding_against_the_draft():
    """It takes a second reason, and what was drafted stays with it."""
    case_id = run("case", "open", "--title", "Drafts", key="anna")["id"]
    check = f"usage(unit: {case.UNIT}, class: object-storage, region: nl-1) at 2026-07-15 >= 5 PB"
    claim = run(
        *["claim", "add", "--case", case_id, "--text", "Stores them", "--check", check], key="anna"
    )["id"]
    run("case", "run", case_id, key="anna")
    claims = run("claim", "list", "--case", case_id)["claims"]
    drafted = claims[0]["draft"]["outcome"]
    checks.check(drafted == "records_missing", f"without metering: {drafted}")
    finding = find(case_id, "supported", claim)
    refused("against the draft, unsaid", *finding, parts=[drafted, "--against-draft"], key="anna")
    blank = [*finding, "--against-draft", " "]
    refused("against the draft, for no reason", *blank, parts=["missing"], key="anna")
    needless = [*find(case_id, drafted, claim), "--against-draft", "Why not."]
    refused("a reason against nothing", *needless, parts=["departs from no draft"], key="anna")
    out = told(*finding, "--against-draft", "The invoice shows it.", key="anna")
    checks.check("against the draft" in out and drafted in out, f"the act says so: {out}")
    found = run("case", "show", case_id)["claims"][0]["finding"]
    checks.check(
        (found["drafted"], found["against_draft"]) == (drafted, "The invoice shows it."),
        f"both stand: {found}",
    )
    out = told("case", "show", case_id)
    checks.check(f"against the draft of its time, {drafted}" in out, f"to people too: {out}")
    path = provider.work / "found.html"
    told("case", "show", case_id, "--html", path)
    html = path.read_text(encoding="utf-8")
    checks.check("Its checks had drafted" in html and "The invoice shows it." in html, "the page")


def a_withdrawn_proposal():
    """It goes no further, and is pending no more."""
    case_id, finding = case.open_case(provider)
    decision = case.propose(provider, case_id, case.decision_text([finding]))
    run("decision", "plan", decision, key="anna")
    run("decision", "sign", decision, key="ben")
    checks.check(f"{decision}</a> was planned" in page(case_id), "pending before")
    withdraw = ["decision", "withdraw", decision, "--reason", "Replaced."]
    refused("withdrawn by an enforcer", *withdraw, parts=["reviewer or decider"], key="eva")
    run(*withdraw, key="rita")
    shown = run("decision", "show", decision)
    checks.check(
        shown["status"] == "withdrawn" and shown["withdrawn"]["reason"] == "Replaced.",
        f"shown as withdrawn: {shown}",
    )
    checks.check("withdrawn by" in told("decision", "show", decision), "to people too")
    checks.check("Nothing is pending" in page(case_id), "and the page waits for nothing")
    gone = ["pursued no more"]
    refused("withdrawn twice", *withdraw, parts=gone, key="anna")
    refused("sign what is withdrawn", "decision", "sign", decision, parts=gone, key="cara")
    refused("plan what is withdrawn", "decision", "plan", decision, parts=gone, key="anna")
    refused("adopt what is withdrawn", "decision", "adopt", decision, parts=gone, key="eva")
    in_force, _ = adopted(provider, case_id, finding, regions="ie-1")
    settled = ["decision", "withdraw", in_force, "--reason", "x"]
    refused("withdraw what is in force", *settled, parts=["decision lift"], key="anna")


def an_emergency_lift_and_its_review():
    """One person lifts; until somebody else has looked at it, it asks for attention."""
    case_id, finding = case.open_case(provider)
    decision, _ = adopted(provider, case_id, finding)
    out = told("decision", "lift", decision, "--emergency", "--reason", "A hospital.", key="eva")
    checks.check("ATTENTION" in out and "2 signatures, 2 needed" in out, f"at once: {out}")
    items = run("case", "show", case_id)["attention"]
    checks.check(
        [(item["kind"], item["decision"], item["age_days"]) for item in items]
        == [("emergency_lift", decision, 0)],
        f"open: {items}",
    )
    checks.check("nobody has reviewed that" in page(case_id), "the page waits for it")
    review = ["decision", "review", decision, "--reason", "Looked at.", "--outcome"]
    refused("by no such role", *review, "confirmed", parts=["reviewer or decider"], key="eva")
    refused("a review's outcome", *review, "fine", parts=["fine", "confirmed"], key="ben")
    restored = [*review, "restored-by-new-decision"]
    refused("restored by nothing", *restored, parts=["--restored-by"], key="ben")
    again, _ = adopted(provider, case_id, finding)
    run(*restored, "--restored-by", again, key="ben")
    shown = run("decision", "show", decision)
    checks.check(
        shown["emergency_lift"]["review"]["restored_by"] == again
        and not shown["emergency_lift"]["review_due"]
        and shown["attention"] == [],
        f"reviewed: {shown['emergency_lift']}",
    )
    checks.check(verdict() == "deny", "the new decision is what denies")
    run("decision", "lift", again, "--emergency", "--reason", "Again.", key="cara")
    own = ["decision", "review", again, "--outcome", "confirmed", "--reason", "x"]
    refused("by who lifted", *own, parts=["does not review it"], key="cara")
    run(*own, key="rita")
    refused("reviewed twice", *own, parts=["reviewed already"], key="ben")


def two_appeals_of_one_case():
    """Who heard one hears the next, unless it is about their own ruling."""
    case_id, finding = case.open_case(provider)
    letter = provider.write("letter.txt", "Please look again.\n")
    first, code = adopted(provider, case_id, finding)
    second, other = adopted(provider, case_id, finding, regions="ie-1")
    filed = run("appeal", "file", letter, "--code", code)["id"]
    decide = ["appeal", "decide", "--reason", "Heard.", "--outcome", "upheld"]
    could = ["had no part", "could hear it: ", "Hana", "Dora"]
    refused("heard by a signer", *decide, filed, parts=could, key="ben")
    run(*decide, filed, key="hana")
    again = run("appeal", "file", letter, "--code", code)["id"]
    refused("heard by who ruled", *decide, again, parts=["same decision", "Dora"], key="hana")
    elsewhere = run("appeal", "file", letter, "--code", other)["id"]
    run(*decide, elsewhere, key="hana")
    checks.check(first != second, "they are two decisions")


begin(provider, PEOPLE)
a_fallen_ground()
a_finding_against_the_draft()
a_withdrawn_proposal()
an_emergency_lift_and_its_review()
two_appeals_of_one_case()
verified = run("log", "verify")
checks.check(verified["ok"], f"the log verifies: {verified}")
checks.end()
