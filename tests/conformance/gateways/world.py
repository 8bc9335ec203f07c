"""A provider with restrictions in force, whose tables change, and what each table must answer."""

import copy
import datetime
import time

import case
import naive

REGION = "nl-1"
RESTRICTED = case.SUBSCRIPTIONS
FREE = ["sub-em-website-08", "sub-podcasts-media"]
STORE, SPEECH, KEPT = "blob-store", "speech", "threat-shield"
# What is adopted one after the other: the classes, and their stage.
CHANGES = [
    ("object-storage", "read-only"),
    ("speech-to-text", "suspended"),
    ("object-storage", "suspended"),
    ("object-storage, speech-to-text", "no-new"),
]
IN_FORCE_MAX = 3
# From the acknowledgement of an adoption to the last answer of the table before: 100 ms are
# promised, and on a busy machine the answer has to get through, too.
LAG_SECONDS = 0.5


class Table:
    """One table: what it restricts, and when it took over from the one before."""

    def __init__(self, number, restrictions, begun, acknowledged):
        self.number = number
        self.restrictions = restrictions
        self.begun = begun  # monotonic: before this, no answer came from it
        self.acknowledged = acknowledged  # soon after this, none from the one before


class World:
    """Restrictions of a provider. `swap` makes a new table; `denies` knows what each must say."""

    def __init__(self, provider, customers=None, unit=None, subscriptions=RESTRICTED):
        self.provider = provider
        self.unit = unit or case.UNIT
        provider.run("init")
        for kind in ("catalogue", "terms", "customers"):
            path = provider.source / "examples" / f"{kind}.yaml"
            provider.run("import", kind, customers if customers and kind == "customers" else path)
        provider.make_people()
        self.case, self.finding = case.open_case(provider, subscriptions)
        self.restrictions = naive.Restrictions()
        self.tables = [Table(self._newest(), copy.deepcopy(self.restrictions), 0, 0)]
        self.count = 0

    def begin(self):
        """Two decisions in force: storage is read-only, speech is suspended."""
        self.swap()
        self.swap()

    def swap(self):
        """Adopts the next decision, or lifts the oldest; answers the number of the new table."""
        if len(self.restrictions.adopted) < IN_FORCE_MAX:
            classes, stage = CHANGES[self.count % len(CHANGES)]
            self.count += 1
            text = case.decision_text(
                [self.finding], classes=classes, stage=stage, regions=REGION, unit=self.unit
            )
            decision = case.propose(self.provider, self.case, text, f"decision-{self.count}.yaml")
            plan = case.plan_and_sign(self.provider, decision)["plan"]
            self.provider.run("decision", "statement", decision, "--issue", key="lea")
            begun = time.monotonic()
            adopted = self.provider.run("decision", "adopt", decision, key="eva")
            self.restrictions.adopt(decision, adopted["adopted_at"], plan)
        else:
            decision = self.restrictions.adopted[0][0]
            lifting = self.provider.run(
                *("decision", "lift", decision, "--reason", "The appeal was won."), key="anna"
            )["id"]
            case.plan_and_sign(self.provider, lifting)
            self.provider.run("decision", "statement", lifting, "--issue", key="lea")
            begun = time.monotonic()
            self.provider.run("decision", "adopt", lifting, key="eva")
            self.restrictions.lift(decision)
        acknowledged = time.monotonic()
        number = self._newest()
        restrictions = copy.deepcopy(self.restrictions)
        self.tables.append(Table(number, restrictions, begun, acknowledged))
        return number

    def _newest(self):
        question = ("--service", STORE, "--region", REGION, "--operation", "read")
        return self.provider.run("decide", "--subscription", FREE[0], *question)["table"]

    def denies(self, cell, number):
        """Whether the table of that number denies `cell`; None when there was no such table."""
        for table in self.tables:
            if table.number == number:
                return self.denied_by(cell, number) is not None
        return None

    def denied_by(self, cell, number):
        """The restriction by which the table of that number denies `cell`; None where none does."""
        for table in self.tables:
            if table.number == number:
                now = datetime.datetime.now(datetime.timezone.utc)
                return table.restrictions.denied_by(*cell, now)
        return None

    def denies_now(self, cell):
        return self.denies(cell, self.tables[-1].number)

    def may_have_answered(self, sent, received):
        """The numbers of the tables that may have been in force between the two moments."""
        never = float("inf")
        later = self.tables[1:] + [Table(None, None, never, never)]
        return [
            table.number
            for table, following in zip(self.tables, later)
            if table.begun <= received and following.acknowledged + LAG_SECONDS >= sent
        ]
