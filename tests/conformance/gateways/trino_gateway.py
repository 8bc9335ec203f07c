"""Trino as docs/guides/opa.md sets it up: before an OPA of the operator's own, and without one."""

import http.server
import json
import re
import threading
import time

import processes
import world as worlds
from guide import LATENESS_SECONDS, Guide, put
from matrix import judge_verdicts
from point import Point
from provider import Checks, Failure, arguments, wait_until
from trino import Trino
from world import FREE, REGION, RESTRICTED, SPEECH, World

# The service of the guide goes through every stage.
STAGES = ("no-new", "read-only", "suspended")
worlds.CHANGES = [("speech-to-text", stage) for stage in STAGES]
OPERATOR, HIDDEN, LOCKED = "operator", "hidden", "locked"
ALLOW, BATCH = "/v1/data/trino/allow", "/v1/data/trino/batch"
# What the guide's listeners and their upstream are called there.
FIRST, SECOND, OWN = "127.0.0.1:8187", "127.0.0.1:8188", "127.0.0.1:8182"
# Statements, and what Proviso takes for them; each begins with ExecuteQuery, which reads. `NEW` is
# a table that is not there yet, `OLD` one that the operator made just before.
DEEDS = {
    "select a from one": {"read"},
    "show tables": {"read"},
    "show columns from one": {"read"},
    "insert into one values (1, 'x')": {"read", "write"},
    "comment on table one is 'x'": {"read", "write"},
    "create table NEW (a bigint)": {"read", "create"},
    "create table NEW as select a from one": {"read", "create"},
    "truncate table OLD": {"read", "delete"},
    "drop table OLD": {"read", "delete"},
}


class OwnOpa(http.server.ThreadingHTTPServer):
    """The operator's: nobody may truncate `locked`, shut the server down, or see `hidden`."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Asked)
        self.asked = []  # (user, operation)
        self.is_down = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @staticmethod
    def decide(path, action):
        if path == BATCH:
            things = [json.dumps(thing) for thing in action["filterResources"]]
            if action["operation"] == "FilterColumns":
                things = json.loads(things[0])["table"]["columns"]
            return [n for n, thing in enumerate(things) if HIDDEN not in thing]
        if action["operation"] == "WriteSystemInformation":
            return False
        return not (action["operation"] == "TruncateTable" and LOCKED in json.dumps(action))


class _Asked(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        action = body["action"]
        self.server.asked.append((body["context"]["identity"]["user"], action["operation"]))
        answer = json.dumps({"result": self.server.decide(self.path, action)}).encode()
        self.send_response(500 if self.server.is_down else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def block(guide, language, word):
    found = [text for text in guide.blocks(language) if word in text]
    if len(found) != 1:
        raise Failure(f"{guide.path.name} has {len(found)} blocks of {language} with `{word}`")
    return found[0]


class Setting:
    def __init__(self, provider, checks, guide):
        self.provider, self.checks = provider, checks
        self.world = World(provider)
        self.own = OwnOpa()
        text = put(
            block(guide, "yaml", "adapter: trino"), {OWN: f"127.0.0.1:{self.own.server_port}"}
        )
        listeners = re.findall(r"^  - address: \S+\n((?:    .*\n)+)", text, re.M)
        # As the guide says for who has no OPA: without `upstream`, and one address is enough.
        alone = re.sub(r"    upstream: .*\n", "", listeners[0])
        self.point = Point(provider, [*listeners, alone])
        self.point.start()
        first, second, third = (f"127.0.0.1:{port}" for port in self.point.ports)
        access = block(guide, "properties", "opa.policy.uri")
        self.before = Trino(
            provider.work / "before",
            **{"access-control": put(access, {FIRST: first, SECOND: second})},
        )
        self.beside = Trino(
            provider.work / "beside",
            block(guide, "properties", "access-control.config-files"),
            rules="access-control.name=default\n",
            **{"access-control": put(access, {FIRST: third, SECOND: third})},
        )
        self.made = 0
        for trino in (self.before, self.beside):
            trino.wait()
            self.operate(trino, "create schema lake.calls")
            for name in ("one", HIDDEN, LOCKED):
                self.operate(trino, f"create table {name} (a bigint, b varchar)")
            # It answers before it has found itself as the node that reads.
            wait_until(lambda at=trino: not at.run(OPERATOR, "select a from one").error, 60)
            self.operate(trino, "select a from one")

    def operate(self, trino, statement):
        answer = trino.run(OPERATOR, statement)
        if answer.error:
            raise Failure(f"{statement}: {answer}")

    def denies(self, user, operations):
        cells = [(user, SPEECH, REGION, operation) for operation in operations]
        return any(self.world.denies_now(cell) for cell in cells)

    def expect(self, answer, denied, what):
        holds = answer.denied if denied else answer.error is None
        self.checks.check(holds, f"{what}: denied is {denied}: {answer}")

    def do(self, trino, user, statement, signed_in=None):
        self.made += 1
        if "OLD" in statement:
            self.operate(trino, f"create table t{self.made} (a bigint)")
        return trino.run(user, re.sub("OLD|NEW", f"t{self.made}", statement), signed_in)

    def right(self, what):
        """Everybody does everything, as the newest table lets them."""
        for user in (RESTRICTED[0], FREE[0]):
            for trino, whose in ((self.before, "before"), (self.beside, "beside")):
                for statement, operations in DEEDS.items():
                    about = f"{what}: {whose}: {user}: {statement}"
                    answer = self.do(trino, user, statement)
                    self.expect(answer, self.denies(user, operations), about)
                    if statement == "show tables" and not answer.error:
                        names = {row[0] for row in answer.rows}
                        seen = (HIDDEN in names, "one" in names)
                        self.checks.check(seen == (trino is self.beside, True), f"{about}: {names}")
                    if statement.startswith("show columns") and not answer.error:
                        names = [row[0] for row in answer.rows]
                        self.checks.check(names == ["a", "b"], f"{about}: {names}")
            self.as_another(user, what)

    def as_another(self, user, what):
        """Nobody who is restricted; and beside Trino's default rules nobody at all."""
        statement = "insert into one values (2, 'y')"
        for other in (FREE[1], RESTRICTED[0]):
            if user == other:
                continue
            denied = self.denies(user, {"create"}) or self.denies(other, {"read", "write"})
            answer = self.do(self.before, other, statement, signed_in=user)
            self.expect(answer, denied, f"{what}: {user} as {other}")
            answer = self.do(self.beside, other, statement, signed_in=user)
            self.expect(answer, True, f"{what}: beside: {user} as {other}")

    def rules_of_the_operator(self):
        """Both have to allow; what Proviso denies, the operator's OPA is not asked about."""
        self.expect(self.before.run(FREE[0], f"truncate table {LOCKED}"), True, "theirs denies")
        self.expect(self.beside.run(FREE[0], f"truncate table {LOCKED}"), False, "no OPA of theirs")
        for trino in (self.before, self.beside):
            headers = {"X-Trino-User": FREE[0], "Content-Type": "application/json"}
            status, _ = trino.call("PUT", "/v1/info/state", headers, '"ACTIVE"')
            self.checks.check(status == 403, f"the state of the server: {status}")
            self.own.asked.clear()
            answer = trino.run(FREE[0], f'grant select on one to user "{FREE[1]}"')
            self.expect(answer, True, "grant")
            told = [operation for _, operation in self.own.asked if "Grant" in operation]
            self.checks.check(not told, f"about a grant was asked: {told}")
        self.own.asked.clear()
        self.expect(self.before.run(RESTRICTED[0], "select a from one"), True, "suspended")
        self.checks.check(not self.own.asked, f"theirs was asked: {self.own.asked}")

    def trouble(self):
        trinos = ((self.before, "before"), (self.beside, "beside"))
        with self.point.killed():
            for trino, whose in trinos:
                answer = trino.run(FREE[0], "select a from one")
                self.refused(answer, f"{whose}: the decision point is down")
        for trino, whose in trinos:
            self.expect(trino.run(FREE[0], "select a from one"), False, f"{whose}: it is back")
        with self.point.without_table():
            for trino, whose in trinos:
                self.expect(trino.run(FREE[0], "select a from one"), True, f"{whose}: no table")
        with self.point.hung():
            for trino, whose in trinos:
                with processes.Stopwatch() as watch:
                    answer = trino.run(FREE[0], "select a from one")
                self.refused(answer, f"{whose}: the decision point hangs")
                in_time = 2 * 0.8 <= watch.seconds <= 2 + LATENESS_SECONDS
                self.checks.check(in_time, f"{whose}: hung: after {watch.seconds:.1f} s")
        self.own.is_down = True
        self.expect(self.before.run(FREE[0], "select a from one"), True, "theirs is down")
        self.own.is_down = False
        self.expect(self.before.run(FREE[0], "select a from one"), False, "theirs is back")

    def refused(self, answer, what):
        self.checks.check("Failed to query OPA" in answer.said, f"{what}: {answer}")


provider, checks = arguments(), Checks()
begun = time.monotonic()
guide = Guide(provider.source / "docs/guides/opa.md")
it = Setting(provider, checks, guide)
it.right("without restrictions")
for stage in STAGES:
    it.world.swap()
    it.right(stage)
it.rules_of_the_operator()
it.trouble()
it.right("after all that")
judge_verdicts(checks, it.world, it.point)
print(f"{time.monotonic() - begun:.0f} s", flush=True)
checks.end()
