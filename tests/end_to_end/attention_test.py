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


begin(provider, PEOPLE)
a_fallen_ground()
verified = run("log", "verify")
checks.check(verified["ok"], f"the log verifies: {verified}")
checks.end()
