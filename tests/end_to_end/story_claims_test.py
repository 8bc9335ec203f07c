"""The claims of examples/claims.yaml end as it says, on the metering of examples/world.yaml."""

import base64
import hashlib
import json
import re

from case import SUBSCRIPTIONS, UNIT
from provider import Checks, arguments

# TODO(#3): the forms that rest on more than a sum: billed, contracted, co-moves, ratio, absent.
FORMS = ("usage", "growth")
SCALARS = ("id", "text", "report", "denial", "draft", "expected")
OUTCOMES = {
    "supported",
    "partly_supported",
    "not_supported",
    "contradicted",
    "undeterminable",
    "records_missing",
}

provider = arguments()
checks = Checks()
examples = provider.source / "examples"


def read_claims(text):
    """The claims of the file: a mapping per item, as far as this file needs YAML."""
    claims = []
    for line in text.splitlines():
        item = re.match(r"  - id: (.+)$", line)
        pair = re.match(r"    (\w+): (.+)$", line)
        check = re.match(r"      - '(.+)'$", line)
        if item:
            claims.append({"id": item[1], "checks": []})
        elif check:
            claims[-1]["checks"].append(check[1])
        elif pair and pair[1] in SCALARS:
            claims[-1][pair[1]] = pair[2]
    return claims


def computable(claim):
    return claim["checks"] and all(check.split("(")[0] in FORMS for check in claim["checks"])


claims = read_claims((examples / "claims.yaml").read_text())
by_text = {claim["text"]: claim for claim in claims}
checks.check(len(by_text) == len(claims) > 10, "every claim has a text of its own")
checks.check(
    {claim["expected"] for claim in claims if "expected" in claim} == OUTCOMES,
    "all six outcomes come up",
)
for claim in claims:
    report = claim.get("report")
    checks.check(
        report is None or (examples / "reports" / report).exists(), f"there is no {report}"
    )
    checks.check(
        (claim["draft"] == "none") == (not claim["checks"]), f"{claim['id']}: draft without checks"
    )

provider.run("init")
provider.make_people()
world = provider.work / "world"
provider.run("simulate", "--world", examples / "world.yaml", "--out", world)
for kind in ("catalogue", "terms"):
    provider.run("import", kind, examples / f"{kind}.yaml", key="adam")
provider.run("import", "customers", world / "customers.yaml", key="adam")
provider.run("import", "usage", *sorted((world / "usage").iterdir()), key="adam")

case = provider.run("case", "open", "--title", "The story", key="anna")["id"]
for subscription in SUBSCRIPTIONS:
    attribution = ["--case", case, "--subscription", subscription, "--unit", UNIT]
    reason = ["--class", "contract", "--reason", "Order form."]
    provider.run("attribution", "record", *attribution, *reason, key="anna")
for claim in filter(computable, claims):
    tests = [word for check in claim["checks"] for word in ("--check", check)]
    denial = ["--denial"] if claim.get("denial") == "true" else []
    statement = ["--case", case, "--text", claim["text"]]
    provider.run("claim", "add", *statement, *denial, *tests, key="anna")

drafted = provider.run("case", "run", case, key="anna")["claims"]
checks.check(len(drafted) >= 10, f"only {len(drafted)} claims were evaluated")
for told in drafted:
    expected = by_text[told["text"]]["draft"]
    why = [check["result"]["why"] for check in told["checks"]]
    found = told["draft"]["outcome"]
    checks.check(found == expected, f"`{told['text']}`: {found}, expected {expected}: {why}")

# The abuse report says of its evidence what is so.
for evidence in json.loads((examples / "reports/08-abuse.json").read_text())["evidence"]:
    payload = base64.b64decode(evidence["payload"], validate=True)
    checks.check(
        evidence["hash"] == "sha256:" + hashlib.sha256(payload).hexdigest(), "hash of the evidence"
    )
    checks.check(evidence["size"] == len(payload), "size of the evidence")

checks.end()
