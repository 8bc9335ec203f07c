"""What the tests of a story begin with: people, days, reports, decisions in force."""

import datetime
import shutil

import case
from provider import tree_hash

PEOPLE = {
    "anna": ["reviewer"],
    "ben": ["decider"],
    "cara": ["decider"],
    "adam": ["administrator"],
    "dora": ["decider", "reviewer"],
    "eva": ["enforcer"],
    "hana": ["decider"],
    "ira": ["intake"],
    "lea": ["liaison"],
    "otto": ["auditor"],
    "rita": ["reviewer"],
}

ARTICLE = """\
Title: Unit keeps calls in the cloud
Outlet: Example Herald
Author: Marta Placeholder
Date: 2026-08-06
Language: en

The Example Signals Unit keeps 11,500 TB of recordings of calls in object
storage in the Netherlands.

The unit uses speech to text and translation on the recordings, documents say.
"""

HELD = "  held: Notice of intent, and the customer's answer."


def day(offset):
    """A day, so many days from today: the program reads the machine's clock."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return (today + datetime.timedelta(days=offset)).isoformat()


def begin(provider, people=PEOPLE):
    provider.run("init")
    provider.import_examples()
    provider.make_people(people)


def held_text(*arguments, **more):
    """A decision that says that the customer was heard."""
    text = case.decision_text(*arguments, **more)
    waived = next(line for line in text.splitlines() if line.startswith("  waived:"))
    return text.replace(waived, HELD)


def add_report(provider, name, text, *more, key="ira"):
    path = provider.write(name, text)
    return provider.run("report", "add", path, *more, key=key)["reports"][0]["id"]


def adopted(provider, case_id, finding, **more):
    """A decision in force; its id and the code for an appeal."""
    decision = case.propose(provider, case_id, case.decision_text([finding], **more))
    case.plan_and_sign(provider, decision)
    issued = provider.run("decision", "statement", decision, "--issue", key="lea")
    provider.run("decision", "adopt", decision, key="eva")
    return decision, issued["appeal_code"]


class Watch:
    """Refusals that must change nothing: neither the log nor anything that an export holds."""

    KEPT = ("log", "reports", "records", "table")

    def __init__(self, provider, checks):
        self.provider = provider
        self.checks = checks
        self.last = None

    def files(self):
        return {name: tree_hash(self.provider.data / name) for name in self.KEPT}

    def look(self):
        """What is there. An export is an entry of the log: the files are those after it."""
        folder = self.provider.work / "export"
        shutil.rmtree(folder, ignore_errors=True)
        self.provider.run("export", folder)
        self.last = self.files(), tree_hash(folder / "state")

    def is_unchanged(self, what):
        files, state = self.last
        self.checks.check(self.files() == files, f"{what}: it changed files")
        self.look()
        self.checks.check(self.last[1] == state, f"{what}: it changed the state")

    def refused(self, what, *args, parts, key=None):
        """Expects exit code 1 and `parts` in the reason."""
        # What is accepted is in the log; without that, nothing was done since the last refusal.
        if self.last is None or self.last[0]["log"] != self.files()["log"]:
            self.look()
        process = self.provider.start(*args, "--json", key=key)
        out, err = process.communicate(b"")
        error = err.decode()
        told = f"{what}: exit {process.returncode}: {out.decode()[:300]}"
        self.checks.check(process.returncode == 1, told)
        self.checks.refused(what, error, *parts)
        self.is_unchanged(what)
        return error
