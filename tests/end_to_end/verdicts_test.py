"""decide, forward-auth and nginx agree with a naive evaluator in every cell."""

import datetime
import http.client
import json

import case
import naive
from gateway import Gateway
from provider import Checks, arguments

provider = arguments()
checks = Checks()
provider.run("init")
provider.import_examples()
provider.make_people()
CASE, FINDING = case.open_case(provider)
provider.run("export", provider.work / "export")
state = provider.work / "export" / "state"
EXPORT = {
    **json.loads((state / "catalogue.json").read_text()),
    **json.loads((state / "customers.json").read_text()),
}
CELLS = list(naive.cells(EXPORT))
print(f"{len(CELLS)} cells", flush=True)
METHODS = {"read": "GET", "write": "PUT", "create": "MKCOL", "delete": "DELETE"}


def decided():
    questions = "".join(
        json.dumps(dict(zip(("subscription", "service", "region", "operation"), cell))) + "\n"
        for cell in CELLS
    )
    process = provider.start("decide", "--stdin")
    out, err = process.communicate(questions.encode())
    if process.returncode != 0:
        raise SystemExit(f"decide --stdin: {err.decode()}")
    return [json.loads(line) for line in out.splitlines()]


def asked(port):
    """The same questions, over one connection to the forward-auth listener."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    answers = []
    for subscription, service, region, operation in CELLS:
        connection.request(
            "GET",
            "/authz/forward",
            headers={
                "X-Proviso-Subscription": subscription,
                "X-Proviso-Service": service,
                "X-Proviso-Region": region,
                "X-Proviso-Operation": operation,
            },
        )
        response = connection.getresponse()
        checks.check(response.read() == b"", "forward-auth answers with an empty body")
        answers.append((response.status, response.headers))
    return answers


def example_of_a_hold():
    """The decision file that the document of decisions shows for a preservation hold."""
    document = (provider.source / "docs/formats/decision.md").read_text()
    section = document.split("\n## A preservation hold\n")[1].split("\n## ")[0]
    return section.split("```yaml\n")[1].split("```")[0]


def compare(phase, restrictions, table, gateway):
    at = datetime.datetime.now(datetime.timezone.utc)
    expected = [restrictions.denied_by(*cell, at) for cell in CELLS]
    wrong = []
    for cell, denied_by, answer in zip(CELLS, expected, decided(), strict=True):
        if (answer["verdict"] == "deny", answer["restriction"], answer["table"]) != (
            denied_by is not None,
            denied_by,
            table,
        ):
            wrong.append((cell, denied_by, answer))
    checks.check(not wrong, f"{phase}: decide differs in {len(wrong)} cells: {wrong[:2]}")
    wrong = []
    for cell, denied_by, (status, headers) in zip(
        CELLS, expected, asked(provider.ports["ports"][0]), strict=True
    ):
        if (status, headers.get("X-Proviso-Restriction"), headers["X-Proviso-Table"]) != (
            200 if denied_by is None else 403,
            denied_by,
            str(table),
        ):
            wrong.append((cell, denied_by, status, dict(headers)))
    checks.check(not wrong, f"{phase}: forward-auth differs in {len(wrong)} cells: {wrong[:2]}")
    wrong = []
    for cell, denied_by in zip(CELLS, expected, strict=True):
        subscription, service, region, operation = cell
        if operation not in METHODS or not subscription.startswith("sub-em-"):
            continue
        status, headers = gateway.ask(METHODS[operation], subscription, service, region)
        denied = (
            status == 403
            and headers.get("X-Proviso-Table") == str(table)
            and bool(headers.get("X-Proviso-Reason"))
        )
        if denied != (denied_by is not None) or (not denied and status not in (200, 201, 204)):
            wrong.append((cell, denied_by, status, dict(headers)))
    checks.check(not wrong, f"{phase}: nginx differs in {len(wrong)} cells: {wrong[:2]}")
    # It was made from the table before it; a rebuild makes it from the whole log.
    current = provider.data / "table" / "current"
    made = current.read_bytes()
    provider.run("log", "rebuild")
    checks.check(current.read_bytes() == made, f"{phase}: a rebuild makes another table")
    return {cell for cell, denied_by in zip(CELLS, expected, strict=True) if denied_by}


provider.serve(
    config=provider.write(
        "serve.yaml",
        "listeners:\n  - address: 127.0.0.1:0\n    protocol: forward-auth\n"
        "    overwritten_by: nginx\n    named_operation: {header: X-Proviso-Operation}\n",
    )
)
try:
    with Gateway(provider.ports["ports"][0]) as gateway:
        table = json.loads(json.dumps(decided()[0]))["table"]
        restrictions = naive.Restrictions()
        before = compare("before", restrictions, table, gateway)

        decision = case.propose(provider, CASE, case.decision_text([FINDING], stage="read-only"))
        planned = case.plan_and_sign(provider, decision)
        adopted = case.adopt(provider, decision)
        restrictions.adopt(decision, adopted["adopted_at"], planned["plan"])
        table = decided()[0]["table"]
        during = compare("during", restrictions, table, gateway)
        targets = {
            (target["subscription"], target["service"], target["region"], operation)
            for restriction in planned["plan"]["restrictions"]
            for target in restriction["targets"]
            for operation in naive.DENIED[restriction["stage"]]
        }
        checks.check(
            during - before == targets and not before - during,
            "the difference is exactly the plan's targets in the operations of its stage",
        )
        checks.check(len(targets) > 0, "the plan restricts something")

        # Restrictions stack: a second decision, and lifting the first leaves it.
        second = case.propose(
            provider,
            CASE,
            case.decision_text([FINDING], classes="object-storage", regions="nl-1, ie-1"),
        )
        planned = case.plan_and_sign(provider, second)
        adopted = case.adopt(provider, second)
        restrictions.adopt(second, adopted["adopted_at"], planned["plan"])
        compare("with two decisions", restrictions, decided()[0]["table"], gateway)
        case.lift(provider, decision)
        restrictions.lift(decision)
        compare("with the first one lifted", restrictions, decided()[0]["table"], gateway)
        case.lift(provider, second)
        restrictions.lift(second)

        # The export window, and a hold on what is in it.
        held = case.propose(provider, CASE, example_of_a_hold())
        planned = case.plan_and_sign(provider, held)
        adopted = case.adopt(provider, held)
        restrictions.adopt(held, adopted["adopted_at"], planned["plan"])
        during = compare("with a hold", restrictions, decided()[0]["table"], gateway)
        stored = ("sub-em-archive-01", "blob-store", "nl-1")
        checks.check((*stored, "delete") in during, "a hold denies deleting")
        checks.check((*stored, "read") not in during, "a hold leaves reading")
        told = dict(zip(CELLS, decided(), strict=True))
        for operation, by in (("read", None), ("write", f"{held}/1"), ("delete", f"{held}/2")):
            answer = told[(*stored, operation)]
            checks.check(answer["restriction"] == by, f"a hold, and {operation}: {answer}")
        case.lift(provider, held)
        restrictions.lift(held)
        after = compare("after", restrictions, decided()[0]["table"], gateway)
        checks.check(after == before, "afterwards everything is as it was")
finally:
    provider.stop()
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
checks.end()
