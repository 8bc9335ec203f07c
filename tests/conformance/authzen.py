"""AuthZEN's certification scenario against the program: BINARY SOURCE WORK, as authzen.sh says."""

import http.client
import json

import case
from provider import Checks, arguments

CATALOGUE = """\
regions:
  - {id: active, name: Active}
  - {id: archived, name: Archived}
classes:
  - {id: records, name: Records, kind: level, unit: GB}
services:
  - {id: record-1, name: Record 1, class: records, regions: [active, archived]}
  - {id: record-2, name: Record 2, class: records, regions: [active, archived]}
"""
TERMS = """\
id: acceptable-use
version: 2026-01
title: Acceptable use of records
clauses:
  - id: "4.2"
    title: Records of others
    text: The customer does not change the records of others.
    restrictions:
      - classes: [records]
        stages: [notice, no-new, read-only, suspended]
keep_on: []
quorum: {decision: 2, lift: 2}
appeal: You may appeal in writing to Example Cloud, Appeals, 1 Example Street.
"""
CUSTOMERS = """\
customers:
  - id: ba-example-office
    name: Example Office
    contract: {terms: acceptable-use, version: 2026-01, since: 2021-03-01}
    units:
      - {id: example-signals-unit, name: Example Unit, aliases: []}
    subscriptions:
      - {id: alice, name: alice}
      - {id: bob, name: bob}
"""
DECISION = """\
kind: interim
clause: "4.2"
summary: Some records are read-only.
why_incompatible: They are the records of others, which the customer does not change.
facts: [{fact}]
hearing:
  waived: The records change by the hour, and a hearing is offered within a week.
restrictions:
  - {{subscriptions: [bob], services: [record-1], regions: [active], stage: read-only}}
  - subscriptions: [alice]
    services: [record-1, record-2]
    regions: [archived]
    stage: read-only
  - subscriptions: [alice]
    services: [record-1]
    regions: [active]
    stage: suspended
    operations: [delete]
"""


def adopt_restrictions(provider):
    provider.run("init")
    for kind, text in (("catalogue", CATALOGUE), ("terms", TERMS), ("customers", CUSTOMERS)):
        provider.run("import", kind, provider.write(f"{kind}.yaml", text))
    provider.make_people()
    of_case, finding = case.open_case(provider, ["alice", "bob"])
    decision = case.propose(provider, of_case, DECISION.format(fact=finding))
    case.plan_and_sign(provider, decision)
    case.adopt(provider, decision)


class Scenario:
    def __init__(self, port, checks):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.checks = checks

    def ask(self, method, path, body=None, content_type="application/json", request_id="id-7"):
        headers = {}
        if body is not None:
            headers["Content-Type"] = content_type
        if request_id is not None:
            headers["X-Request-ID"] = request_id
        self.connection.request(method, path, body=body, headers=headers)
        response = self.connection.getresponse()
        return response, response.read().decode()

    def post(self, one, body):
        path = "/access/v1/" + one["endpoint"]
        return self.ask("POST", path, body, one.get("content_type", "application/json"))

    def check(self, one):
        body = one["raw"] if "raw" in one else json.dumps(one["body"])
        response, text = self.post(one, body)
        check = lambda holds, what: self.checks.check(holds, f"{one['id']}: {what}: {text}")
        check(response.status == one.get("status", 200), f"status {response.status}")
        check(response.headers["X-Request-ID"] == "id-7", "X-Request-ID")
        if response.status != 200:
            return
        check(response.headers["Content-Type"] == "application/json", "Content-Type")
        answer = json.loads(text)
        check(isinstance(answer.get("context", {}), dict), "context")
        if "decision" in one:
            check(answer.get("decision") is one["decision"], "decision")
        elif "evaluations" in answer:
            self.check_batch(one, answer["evaluations"], check)
        elif "pages" in one:
            self.check_pages(one, answer, check)
        else:
            self.check_found(one, answer["results"], check)

    def check_batch(self, one, evaluations, check):
        decisions = [item["decision"] for item in evaluations]
        check(all(isinstance(decision, bool) for decision in decisions), "booleans")
        check(len(decisions) == one.get("count", len(decisions)), "count")
        check(decisions == one.get("decisions", decisions), "decisions in order")

    def check_found(self, one, results, check):
        names = [result.get("id", result.get("name")) for result in results]
        if "type" in one:
            check(all(result["type"] == one["type"] for result in results), "types")
        check(set(one.get("includes", [])) <= set(names), "found")
        check(not set(one.get("excludes", [])) & set(names), "not found")
        check(names == one.get("exactly", names), "nothing else")

    def check_pages(self, one, answer, check):
        names = []
        while True:
            names += [result["id"] for result in answer["results"]]
            token = answer["page"]["next_token"]
            if not isinstance(token, str) or token == "":
                break
            body = dict(one["body"], page={"token": token})
            answer = json.loads(self.post(one, json.dumps(body))[1])
        check(names == one["pages"], f"pages {names}")

    def check_the_rest(self, first):
        """Headers, repetition and discovery."""
        body = json.dumps(first["body"])
        for _ in range(5):
            response, text = self.ask("POST", "/access/v1/evaluation", body, request_id=None)
            self.checks.check(json.loads(text) == {"decision": True}, f"c-2-6: {text}")
            self.checks.check(response.status == 200, "c-2-5-2")
        response, text = self.ask("GET", "/.well-known/authzen-configuration")
        self.checks.check(response.status == 200, "c-6-5 status")
        self.checks.check(response.headers["Content-Type"] == "application/json", "c-6-5 type")
        metadata = json.loads(text)
        base = "https://pdp.example.com"
        self.checks.check(metadata["policy_decision_point"] == base, "c-6-5 identifier")
        for name, path in (
            ("access_evaluation_endpoint", "evaluation"),
            ("access_evaluations_endpoint", "evaluations"),
            ("search_subject_endpoint", "search/subject"),
            ("search_resource_endpoint", "search/resource"),
            ("search_action_endpoint", "search/action"),
        ):
            self.checks.check(metadata[name] == f"{base}/access/v1/{path}", f"c-6-5 {name}")


def main():
    provider, checks = arguments(), Checks()
    adopt_restrictions(provider)
    here = provider.source / "tests/conformance"
    listening = provider.serve(here / "authzen_serve.yaml")
    scenario = Scenario(listening["ports"][0], checks)
    cases = json.loads((here / "authzen_cases.json").read_text())
    for one in cases:
        scenario.check(one)
    scenario.check_the_rest(cases[0])
    provider.stop()
    checks.end()


main()
