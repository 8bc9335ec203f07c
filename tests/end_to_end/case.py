"""A case up to its plan, by the command line: what several tests begin with."""

import re

UNIT = "example-signals-unit"
SUBSCRIPTIONS = ["sub-em-archive-01", "sub-em-language-02", "sub-em-compute-03"]

DECISION = """\
kind: {kind}
clause: "4.2"
summary: Bulk storage and machine transcription of intercepted calls by a unit of the customer.
why_incompatible: Calls of a whole population are kept, which the clause calls mass surveillance.
facts: [{facts}]
{supersedes}hearing:
  waived: The use grows by terabytes a day, and a hearing is offered within a week.
restrictions:
  - unit: {unit}
    classes: [{classes}]
    regions: [{regions}]
    stage: {stage}
keep_on:
  classes: [security]
"""


def decision_text(
    facts,
    kind="interim",
    classes="object-storage, speech-to-text, translation",
    regions="nl-1",
    stage="suspended",
    unit=UNIT,
    supersedes=(),
):
    return DECISION.format(
        facts=", ".join(facts),
        kind=kind,
        classes=classes,
        regions=regions,
        stage=stage,
        unit=unit,
        supersedes=f"supersedes: [{', '.join(supersedes)}]\n" if supersedes else "",
    )


def heard(text):
    """The decision file `text`, for a customer who is heard before anybody signs."""
    return re.sub(r"(?m)^  waived: .*$", "  held: The customer answers in writing.", text)


def open_case(provider, attribute=SUBSCRIPTIONS):
    """Opens a case with one claim, one finding, and attributions; answers (case, finding)."""
    case = provider.run("case", "open", "--title", "Example report", key="anna")["id"]
    claim = provider.run(
        "claim", "add", "--case", case, "--text", "Stores bulk recordings in NL", key="anna"
    )["id"]
    finding = provider.run(
        "finding",
        "record",
        "--case",
        case,
        "--claim",
        claim,
        "--outcome",
        "supported",
        "--reason",
        "Metering shows it.",
        key="anna",
    )["id"]
    for subscription in attribute:
        provider.run(
            "attribution",
            "record",
            "--case",
            case,
            "--subscription",
            subscription,
            "--unit",
            UNIT,
            "--class",
            "contract",
            "--reason",
            "Order form.",
            key="anna",
        )
    return case, finding


def propose(provider, case, text, name="decision.yaml", key="anna"):
    path = provider.write(name, text)
    return provider.run("decision", "propose", "--case", case, path, key=key)["id"]


def plan_and_sign(provider, decision, signers=("ben", "cara"), planner="anna"):
    planned = provider.run("decision", "plan", decision, key=planner)
    for signer in signers:
        provider.run("decision", "sign", decision, key=signer)
    return planned


def adopt(provider, decision):
    provider.run("decision", "statement", decision, "--issue", key="lea")
    return provider.run("decision", "adopt", decision, key="eva")


def lift(provider, decision, reason="The appeal was won."):
    lifting = provider.run("decision", "lift", decision, "--reason", reason, key="anna")["id"]
    plan_and_sign(provider, lifting)
    return adopt(provider, lifting)
