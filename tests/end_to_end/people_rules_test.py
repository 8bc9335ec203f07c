"""Refused with the reason, and nothing changed: the rules about people and plans (design, 3)."""

import json

import case
from provider import Checks, PEOPLE, arguments, tree_hash

provider = arguments()
checks = Checks()


def unchanged(what, expected, *args, parts, key):
    before = tree_hash(provider.data / "log")
    error = provider.run(*args, key=key, expect=expected)
    checks.refused(what, error, *parts)
    checks.check(tree_hash(provider.data / "log") == before, f"{what}: the log changed")


provider.run("init")
provider.import_examples()
provider.make_people()

# The catalogue, customers and terms are an administrator's once a roster is in force.
unchanged(
    "import terms without a key",
    1,
    "import",
    "terms",
    provider.source / "examples/terms.yaml",
    parts=["--key"],
    key=None,
)
unchanged(
    "import terms by a reviewer",
    1,
    "import",
    "terms",
    provider.source / "examples/terms.yaml",
    parts=["administrator"],
    key="anna",
)

id_, finding = case.open_case(provider)
unchanged(
    "a case opened by the operator", 1, "case", "open", "--title", "x", parts=["--key"], key=None
)
unchanged(
    "content as evidence",
    1,
    "attribution",
    "record",
    "--case",
    id_,
    "--subscription",
    "sub-em-website-08",
    "--unit",
    case.UNIT,
    "--class",
    "content",
    "--reason",
    "heard it",
    parts=["content"],
    key="anna",
)

# A plan with a kept service, and one with a target that nobody attributed.
kept = case.propose(
    provider, id_, case.decision_text([finding], classes="object-storage, security"), "kept.yaml"
)
unchanged("plan with a kept service", 1, "decision", "plan", kept, parts=["security"], key="anna")
other = case.decision_text([finding]).replace(
    f"unit: {case.UNIT}", "subscriptions: [sub-em-website-08]"
)
for what, text, parts in (
    ("target", other, ["sub-em-website-08", "attribut", "record one first"]),
    (
        "clause",
        case.decision_text([finding]).replace('"4.2"', '"9.9"'),
        ["9.9", "does not exist", "name one of the terms"],
    ),
):
    unchanged(
        f"a proposal with a stray {what}",
        1,
        *["decision", "propose", "--case", id_, provider.write("stray.yaml", text)],
        parts=parts,
        key="anna",
    )

# Signing. dora is a decider who prepares here.
decision = case.propose(provider, id_, case.decision_text([finding]), key="dora")
unchanged("sign without a plan", 1, "decision", "sign", decision, parts=["plan"], key="ben")
provider.run("decision", "plan", decision, key="anna")
unchanged("signing by the preparer", 1, "decision", "sign", decision, parts=["prepare"], key="dora")
unchanged("signing by a reviewer", 1, "decision", "sign", decision, parts=["decider"], key="anna")
unchanged("adopt under-signed", 1, "decision", "adopt", decision, parts=["sign"], key="eva")
provider.run("decision", "sign", decision, key="ben")
unchanged("one person twice", 1, "decision", "sign", decision, parts=["once"], key="ben")
provider.run("key", "new", provider.key_path("mallory"), "--cost", "10")
unchanged(
    "a key outside the roster", 1, "decision", "sign", decision, parts=["roster"], key="mallory"
)
unchanged(
    "adopt with one of two signatures", 1, "decision", "adopt", decision, parts=["2"], key="eva"
)
provider.run("decision", "sign", decision, key="cara")
unchanged(
    "adopt without statement", 1, "decision", "adopt", decision, parts=["statement"], key="eva"
)
provider.run("decision", "statement", decision, "--issue", key="lea")

# Stale: a new subscription attribution changes what the decision expands to.
provider.run(
    "attribution",
    "record",
    "--case",
    id_,
    "--subscription",
    "sub-em-website-08",
    "--unit",
    case.UNIT,
    "--class",
    "billing",
    "--reason",
    "Invoice.",
    key="anna",
)
unchanged("adopt a stale plan", 1, "decision", "adopt", decision, parts=["stale"], key="eva")
provider.run("decision", "plan", decision, key="anna")
unchanged(
    "signatures of the earlier plan do not count",
    1,
    "decision",
    "adopt",
    decision,
    parts=["sign"],
    key="eva",
)
for signer in ("ben", "cara"):
    provider.run("decision", "sign", decision, key=signer)
case.adopt(provider, decision)
unchanged("adopt twice", 1, "decision", "adopt", decision, parts=["adopted"], key="eva")

# Lifting is signed too.
lifting = provider.run("decision", "lift", decision, "--reason", "Appeal.", key="anna")["id"]
unchanged("lift without a plan", 1, "decision", "adopt", lifting, parts=["plan"], key="eva")
provider.run("decision", "plan", lifting, key="anna")
provider.run("decision", "statement", lifting, "--issue", key="lea")
unchanged("lift unsigned", 1, "decision", "adopt", lifting, parts=["sign"], key="eva")
shown = provider.run("decision", "show", decision)
checks.check(shown["status"] == "adopted", "an unsigned lift must leave the decision in force")

# An emergency lift is one person's, at once, and alarmed.
provider.run(
    "decision", "lift", decision, "--emergency", "--reason", "A hospital is hit.", key="eva"
)
entries = provider.run("log", "show", "--limit", "10000")["entries"]
alarm = [entry for entry in entries if entry["type"] == "decision.lifted_in_emergency"]
checks.check(
    len(alarm) == 1 and alarm[0]["data"].get("alarm") is True, "the emergency lift is alarmed"
)

# A roster change needs the quorum of the version before it.
roster = ["quorum: 2", "people:"]
for person in ("anna", "mallory"):
    public = json.loads(provider.key_path(person).read_text())["public_key"]
    roster.append(
        f'  - {{id: {person}, name: X, roles: [decider, administrator], key: "{public}"}}'
    )
path = provider.write("takeover.yaml", "\n".join(roster) + "\n")
provider.run("roster", "propose", path, key="adam")
unchanged(
    "a roster signed by somebody it adds", 1, "roster", "sign", parts=["roster"], key="mallory"
)
provider.run("roster", "sign", key="anna")
unchanged("one person signs a roster twice", 1, "roster", "sign", parts=["signed"], key="anna")
current = provider.run("roster", "show")["current"]
checks.check(
    current["version"] == 1 and len(current["people"]) == len(PEOPLE),
    "one signature of two brings no roster into force",
)

verified = provider.run("log", "verify")
checks.check(verified["ok"], f"the log verifies: {verified}")
checks.end()
