"""What kill_crash_test.py strikes of a story: reports, registers, claims, hearings, notices,
appeals, steps, cessation. Each notes what was acknowledged, and does again what was not."""

import datetime
import hashlib

import case
import focus_rows
from provider import Failure

TODAY = datetime.datetime.now(datetime.timezone.utc).date()
UNTIL = TODAY + datetime.timedelta(days=30)
ARTICLE = """\
Title: Example Signals Unit keeps calls, part {n}
Outlet: Example Herald
Date: 2026-08-06

The Example Signals Unit of the Example Ministry stores recordings of {n} calls a day in object
storage of Example Cloud in the Netherlands, documents show.
"""
CONTRACTS = """\
agreement,customer,subscription,class,region,from,until,quantity,unit,notes
EX-{n},ba-example-ministry,sub-em-archive-01,object-storage,nl-1,2025-01-01,,{n},GB,kept by hand
"""


class StoryStrikes:
    def __init__(self, striker, provider, checks):
        self.striker, self.provider, self.checks = striker, provider, checks
        self.made = 0
        self.recorded_unheard = 0  # cut off after the log had it and before the person knew
        self.case, self.finding = case.open_case(provider)
        self.reports = {}  # acknowledged: id -> SHA-256
        self.opened = set()  # of these, whose original was compared
        self.joined, self.claims, self.sources, self.registers = set(), {}, set(), set()
        self.steps = {}
        self.adopted = []  # decisions that notices and appeals are about: (case, id, code)
        provider.run("records", "register", "legal", *self.source(), key="adam")
        self.meter_the_future()

    def all(self):
        return [
            self.report_add,
            self.report_join,
            self.register,
            self.records_import,
            self.claim_adopt,
            self.claim_edit,
            self.hearing,
            self.notice,
            self.appeal,
            self.step,
            self.reopen,
            self.cessation,
        ]

    # ---- what there is to strike ----

    def number(self):
        self.made += 1
        return self.made

    def strike(self, kind, *args, key=None):
        return self.striker.strike(kind, list(map(str, args)), key=key)

    def report_file(self):
        n = self.number()
        return self.provider.write(f"article-{n}.txt", ARTICLE.format(n=n))

    def report_add(self):
        paths = [self.report_file() for _ in range(3)]
        hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
        answer = self.strike("report add", "report", "add", *paths, key="anna")
        if answer is None:
            # Each of the three stands alone: those that are there are whole, the others come again.
            listed = {report["sha256"] for report in self.listed()}
            again = [path for path in paths if hashes[path.name] not in listed]
            if not again:
                return
            answer = self.provider.run("report", "add", *again, key="anna")
        for report in answer["reports"]:
            self.reports[report["id"]] = hashes[report["file"]]

    def listed(self):
        return self.provider.run("report", "list")["reports"]

    def report_join(self):
        answer = self.provider.run("report", "add", self.report_file(), key="anna")["reports"][0]
        self.reports[answer["id"]] = answer["sha256"]
        words = ("report", "join", answer["id"], "--case", self.case)
        self.again_unless(
            self.strike("report join", *words, key="anna"),
            lambda: answer["id"] in self.reports_of_case(),
            *words,
            key="anna",
        )
        self.joined.add(answer["id"])

    def reports_of_case(self):
        return {report["id"] for report in self.show()["reports"]}

    def show(self, case_id=None):
        return self.provider.run("case", "show", case_id or self.case)

    def again_unless(self, answer, is_there, *args, key=None):
        """What was cut off is there, or can be done again; what was acknowledged is there."""
        there = is_there()
        self.checks.check(there or answer is None, f"acknowledged and lost: {args}")
        self.recorded_unheard += 1 if there and answer is None else 0
        if there:
            return answer
        answer = self.provider.run(*args, key=key)
        self.checks.check(is_there(), f"done again, and not there: {args}")
        return answer

    def source(self):
        return ["--class", "contract", "--owner", "Example Legal", "--purpose", "what is in force"]

    def register(self):
        name = f"source-{self.number()}"
        words = ("records", "register", name, *self.source())
        self.again_unless(
            self.strike("records register", *words, key="adam"),
            lambda: name in self.listed_sources()[0],
            *words,
            key="adam",
        )
        self.sources.add(name)

    def listed_sources(self):
        """Ids of sources, and hashes of what was imported from them."""
        sources = self.provider.run("records", "list")["sources"]
        hashes = {item["sha256"] for source in sources for item in source["imports"]}
        return {source["source"] for source in sources}, hashes

    def records_import(self):
        n = self.number()
        text = CONTRACTS.format(n=n) + f"EX-{n}-b,ba-example-ministry,,security,*,2025-01-01,,,,\n"
        path = self.provider.write("contracts.csv", text)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        answer = self.strike("records import", "records", "import", "legal", path, key="adam")
        answer = answer or self.provider.run("records", "import", "legal", path, key="adam")
        expected = {"read": 2, "imported": 2, "quarantined": 0, "skipped": 0}
        self.checks.check(answer["rows"] == expected, f"records import: {answer['rows']}")
        self.registers.add(sha256)
        words = ("--case", self.case, "--customer", "ba-example-ministry", "--purpose", "review")
        rows = self.provider.run("records", "read", "legal", *words, key="anna")
        self.checks.check(rows["rows"][0]["cells"][0] == f"EX-{n}", f"another register: {rows}")

    def claim_adopt(self):
        drafts = self.provider.run("claim", "drafts", "--case", self.case)["drafts"]
        used = {claim["text"] for claim in self.show()["claims"]}
        free = [draft for draft in drafts if not draft["adopted"] and draft["text"] not in used]
        if not free:
            self.report_join()
            return
        draft = free[0]
        words = ("claim", "adopt", draft["id"], "--case", self.case)
        self.again_unless(
            self.strike("claim adopt", *words, key="anna"),
            lambda: draft["text"] in {claim["text"] for claim in self.show()["claims"]},
            *words,
            key="anna",
        )
        found = [claim for claim in self.show()["claims"] if claim["text"] == draft["text"]]
        self.checks.check(len(found) == 1, f"{len(found)} claims of one draft")
        self.claims[found[0]["id"]] = draft["text"]

    def claim_edit(self):
        words = ("--case", self.case, "--text", f"First words {self.number()}")
        claim = self.provider.run("claim", "add", *words, key="anna")["id"]
        text = f"Other words {self.made}"
        words = ("claim", "edit", claim, "--case", self.case, "--text", text, "--reason", "clearer")
        self.again_unless(
            self.strike("claim edit", *words, key="anna"),
            lambda: {c["id"]: c["text"] for c in self.show()["claims"]}[claim] == text,
            *words,
            key="anna",
        )
        self.claims[claim] = text

    def decide(self, own_case, finding, heard=False):
        text = case.decision_text([finding], regions="ie-1")
        decision = case.propose(self.provider, own_case, case.heard(text) if heard else text)
        self.provider.run("decision", "plan", decision, key="anna")
        return decision

    def hearing(self):
        """The whole way of a hearing; each of its three acts is struck."""
        own_case, finding = case.open_case(self.provider)
        decision = self.decide(own_case, finding, heard=True)
        words = ("hearing", "open", decision, "--until", UNTIL)
        answer = self.again_unless(
            self.strike("hearing open", *words, key="lea"),
            lambda: self.show(own_case)["hearing"],
            *words,
            key="lea",
        )
        hearing = self.show(own_case)["hearing"][0]["id"]
        letter = self.provider.write("answer.txt", f"Answer {self.number()}: we deny it.\n")
        # A code that nobody saw is lost; then a person takes the answer down.
        by_code = answer is not None
        words = ["--code", answer["code"]] if by_code else ["--hearing", hearing]
        words = ("hearing", "answer", letter, *words)
        key = None if by_code else "lea"
        self.again_unless(
            self.strike("hearing answer", *words, key=key),
            lambda: self.show(own_case)["hearing"][0]["answer"] == letter.read_text(),
            *words,
            key=key,
        )
        words = ("hearing", "acknowledge", hearing)
        self.again_unless(
            self.strike("hearing acknowledge", *words, key="lea"),
            lambda: self.show(own_case)["hearing"][0]["acknowledged_at"],
            *words,
            key="lea",
        )
        for signer in ("ben", "cara"):
            self.provider.run("decision", "sign", decision, key=signer)
        self.issue_and_adopt(own_case, decision)

    def issue_and_adopt(self, own_case, decision):
        answer = self.strike("statement", "decision", "statement", decision, "--issue", key="lea")
        shown = self.provider.run("decision", "show", decision)
        issued = shown["statement_at"] is not None
        self.checks.check(issued or answer is None, f"statement of {decision} is lost")
        if answer is None:
            words = ("decision", "statement", decision, "--issue")
            try:
                answer = self.provider.run(*words, key="lea")
            except Failure:
                answer = {}
                self.checks.check(issued, f"the statement of {decision} cannot be issued again")
        self.provider.run("decision", "adopt", decision, key="eva")
        self.adopted.append((own_case, decision, answer.get("appeal_code")))

    def an_adopted_one(self):
        if not self.adopted:
            own_case, finding = case.open_case(self.provider)
            decision = self.decide(own_case, finding)
            for signer in ("ben", "cara"):
                self.provider.run("decision", "sign", decision, key=signer)
            self.issue_and_adopt(own_case, decision)
        return self.adopted[-1]

    def notice(self):
        own_case, decision, _ = self.an_adopted_one()
        for kind in ("staff", "public"):
            before = len(self.show(own_case)["notices"])
            words = ("notice", "issue", kind, "--decision", decision)
            self.again_unless(
                self.strike("notice issue", *words, key="lea"),
                lambda: len(self.show(own_case)["notices"]) == before + 1,
                *words,
                key="lea",
            )

    def appeal(self):
        own_case, decision, code = self.an_adopted_one()
        self.adopted.pop()
        if code is None:
            return
        letter = self.provider.write("appeal.txt", f"Appeal {self.number()}: it is wrong.\n")
        words = ("appeal", "file", letter, "--code", code)
        self.again_unless(
            self.strike("appeal file", *words),
            lambda: [appeal["text"] for appeal in self.show(own_case)["appeals"]]
            == [letter.read_text()],
            *words,
        )
        appeal = self.show(own_case)["appeals"][0]["id"]
        words = ("appeal", "decide", appeal, "--outcome", "upheld", "--reason", "It stands.")
        self.again_unless(
            self.strike("appeal decide", *words, key="dora"),
            lambda: self.show(own_case)["appeals"][0]["outcome"] == "upheld",
            *words,
            key="dora",
        )

    def step(self):
        text = f"Show agreement {self.number()}"
        words = ("step", "agree", "--case", self.case, "--text", text, "--due", UNTIL)

        def found():
            return [step for step in self.show()["steps"] if step["text"] == text]

        self.again_unless(self.strike("step agree", *words, key="anna"), found, *words, key="anna")
        words = ["--case", self.case, "--outcome", "met", "--reason", "It came."]
        words = ("step", "record", found()[0]["id"], *words)
        self.again_unless(
            self.strike("step record", *words, key="anna"),
            lambda: found()[0]["outcome"] == "met",
            *words,
            key="anna",
        )
        self.steps[text] = "met"

    def reopen(self):
        own_case, _ = case.open_case(self.provider)
        self.provider.run("case", "close", own_case, "--reason", "Nothing more.", key="anna")
        words = ("case", "reopen", own_case, "--class", "public", "--reason", "An article.")
        self.again_unless(
            self.strike("case reopen", *words, key="anna"),
            lambda: self.show(own_case)["open"],
            *words,
            key="anna",
        )

    def meter_the_future(self):
        """Metering of the days to come, so that a decision of today has days after it."""
        days = [TODAY + datetime.timedelta(days=n) for n in range(-30, 30)]
        rows = [focus_rows.row("sub-em-archive-01", day, 5, RegionId="ie-1") for day in days]
        months = {day.replace(day=1) for day in days}
        for month in sorted(months):
            these = [row for row in rows if row["BillingPeriodStart"].startswith(str(month))]
            path = self.provider.write(f"future-{month}.csv", focus_rows.csv_text(these))
            self.provider.run("import", "usage", path)

    def cessation(self):
        own_case, decision, _ = self.an_adopted_one()
        before = len(self.show(own_case)["cessation"])
        words = ("cessation", decision)
        self.again_unless(
            self.strike("cessation", *words, key="anna"),
            lambda: len(self.show(own_case)["cessation"]) == before + 1,
            *words,
            key="anna",
        )

    # ---- what must hold after each ----

    def audit(self):
        listed = {report["id"]: report["sha256"] for report in self.listed()}
        lost = {id_ for id_, sha256 in self.reports.items() if listed.get(id_) != sha256}
        self.checks.check(not lost, f"lost reports {lost}")
        shown = self.show()
        lost = self.joined - {report["id"] for report in shown["reports"]}
        self.checks.check(not lost, f"lost from the case: {lost}")
        claims = {claim["id"]: claim["text"] for claim in shown["claims"]}
        lost = {id_ for id_, text in self.claims.items() if claims.get(id_) != text}
        self.checks.check(not lost, f"lost claims {lost}")
        steps = {step["text"]: step["outcome"] for step in shown["steps"]}
        self.checks.check(self.steps.items() <= steps.items(), f"lost steps: {steps}")
        sources, hashes = self.listed_sources()
        self.checks.check(self.sources <= sources, f"lost sources {self.sources - sources}")
        self.checks.check(self.registers <= hashes, f"lost registers {self.registers - hashes}")

    def open_originals(self):
        """Every report that the log knows, acknowledged or not, has an original with its hash."""
        copy = self.provider.work / "original"
        listed = self.listed()
        for report in listed:
            id_ = report["id"]
            if self.case not in report["cases"]:
                self.provider.run("report", "join", id_, "--case", self.case, key="anna")
            words = ("--case", self.case, "--purpose", "audit", "--original", copy)
            copy.unlink(missing_ok=True)
            self.provider.run("report", "show", id_, *words, key="anna")
            sha256 = hashlib.sha256(copy.read_bytes()).hexdigest()
            self.checks.check(sha256 == report["sha256"], f"the original of {id_} is another one")
        return len(listed)

    def left_over(self):
        """Files in DATA that no report and no register has: what dead commands left."""
        known = {f"{report['id']}.sealed" for report in self.listed()}
        known |= {f"{sha256}.csv" for sha256 in self.listed_sources()[1]}
        # A folder that few kills leave unmade has nothing.
        found = [
            path
            for folder in ("reports", "records")
            for path in (self.provider.data / folder).glob("*")
        ]
        return sorted(path.name for path in found if path.name not in known)
