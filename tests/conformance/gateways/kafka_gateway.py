"""Kafka's brokers as docs/guides/kafka.md sets them up, before a decision point."""

import contextlib
import http.server
import json
import os
import random
import re
import threading
import time

import processes
import setting
from guide import Guide, put
from kafka import Broker, Customers
from matrix import judge_verdicts
from point import Point
from provider import Checks, arguments, wait_until
from recording import UPGRADE, WRITES, Recorder, invented, shape
from world import FREE, KEPT, LAG_SECONDS, REGION, RESTRICTED, STORE, World

OPERATOR = "operator"
SUSPENDED, CUSTOMER = RESTRICTED[0], FREE[0]
# The addresses that the guide invents, but the first listener's.
UPSTREAM, KEPT_POINT = "127.0.0.1:8182", "127.0.0.1:8183"
THEIRS = "theirs"  # topics that begin so are what the operator's own OPA denies
LOAD_THREADS = 4
ANSWERS_MIN = 50  # under load
# Of the changes of world.CHANGES, the first makes the store read-only; the next two, which come
# under load, suspend it. After five more that is lifted, and it is read-only again.
LOAD_SWAPS, LAST_SWAPS = 2, 5
BROKER_THREADS = 8  # num.io.threads of a broker that says nothing else
# Which operations each deed needs, in the order in which they are asked about.
DEEDS = {
    "create": ["create"],
    "describe": ["read"],
    "produce": ["read", "write"],
    "produce plainly": ["read", "write"],
    "fetch": ["read"],
    "consume": ["read"],
    "list": ["read"],
    "configure": ["write"],
    "delete": ["delete"],
}
# Files of tests/corpus/wire, and the question that each is.
RECORDED = {
    "kafka-write-of-a-restricted-user": (SUSPENDED, "WRITE"),
    "kafka-read-of-a-restricted-user": (SUSPENDED, "READ"),
    "kafka-write-of-another": (CUSTOMER, "WRITE"),
}
LOADED = {
    "produce as before": ["read", "write"],
    "fetch as before": ["read"],
    "describe": ["read"],
}
DOWN = "the decision point is down"


class OpaStandIn:
    """A stand-in for an OPA of the operator's own, at the address that the guide has for it."""

    def __init__(self):
        self.port = processes.free_port()
        self.asked = 0
        self.may_answer = threading.Event()
        self.may_answer.set()
        stand_in = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stand_in.may_answer.wait()
                with contextlib.suppress(OSError):  # who asked may have given it up
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(stand_in.answer(self.path, json.loads(body)["input"]))

            def log_message(self, *_):
                pass

        self.handler = Handler

    def answer(self, path, question):
        self.asked += 1
        name = question["action"]["resourcePattern"]["name"]
        if path != "/v1/data/kafka/authz/allow":
            return b"{}"
        return json.dumps({"result": not name.startswith(THEIRS)}).encode()

    def start(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Kafka:
    def __init__(self, provider, checks, guide):
        self.checks = checks
        self.guide = guide
        self.world = World(provider)
        self.upstream = OpaStandIn()
        self.upstream.start()
        listener, kept_listener = setting.listeners_of(guide)
        listener = put(listener, {UPSTREAM: f"127.0.0.1:{self.upstream.port}"})
        self.point = Point(provider, [listener, kept_listener])
        self.point.start()
        users = [SUSPENDED, CUSTOMER, OPERATOR]
        self.broker, self.kept = (
            Broker(provider.work / name, users, put(block, {address: f"127.0.0.1:{port}"}))
            for name, address, block, port in zip(
                ("kafka", "kafka-kept"),
                (setting.POINT, KEPT_POINT),
                guide.blocks("properties"),
                self.point.ports,
                strict=True,
            )
        )
        # What the guide's configuration says of how long answers are remembered.
        found = {re.search(r"expire.after.seconds=(\d+)", b) for b in guide.blocks("properties")}
        self.remembered = max(int(one.group(1)) for one in found)
        self.customers = Customers(provider.work / "customers.log")
        for broker in (self.broker, self.kept):
            self.customers.await_broker(broker)
        self.count = 0

    def topic(self, broker=None, name="topic"):
        """A new topic with a record in it, of which nobody was asked before."""
        self.count += 1
        name = f"{name}-{self.count}"
        for deed in ("create", "produce plainly"):
            seen = self.customers.does(broker or self.broker, OPERATOR, deed, name)
            self.checks.check(seen.by_service, f"the operator's own {deed}: {seen}")
        return name

    def expect(self, row, seen, what):
        differs = self.guide.cell(row).differs(seen)
        self.checks.check(not differs, f"{what}: {row}: {differs}: {seen}")

    def denied(self, user, operations, number=None, service=STORE):
        """The operations that the table denies; the newest one where no number is given."""
        number = number or self.world.tables[-1].number
        return [
            operation
            for operation in operations
            if self.world.denies((user, service, REGION, operation), number)
        ]

    def row(self, user, deed):
        if user == OPERATOR:
            return "the operator's own users, in trouble too"
        denied = self.denied(user, DEEDS[deed])
        if not denied:
            return "allowed"
        if deed == "list":
            return "restricted: list topics"
        if deed == "produce" and "read" not in denied:
            return "restricted, reading allowed: produce with a new client that has idempotence"
        return "restricted"

    def deeds(self, broker, user):
        """(deed, what came of it) of each; they are done at a time, and the last at last."""
        topic = self.topic(broker)
        begun = [
            (
                deed,
                self.customers.begin(
                    broker, user, deed, f"made-{topic}" if deed == "create" else topic
                ),
            )
            for deed in DEEDS
            if deed != "delete"
        ]
        for deed, outcome in begun:
            yield deed, outcome()
        yield "delete", self.customers.does(broker, user, "delete", topic)

    def forgotten(self):
        """Waits until the authorizer has forgotten every answer of an earlier table."""
        wait = self.world.tables[-1].acknowledged + LAG_SECONDS + self.remembered
        time.sleep(max(0, wait - time.monotonic()))

    def right(self, what):
        """Everybody does everything, as the newest table lets them."""
        self.forgotten()
        for user in (SUSPENDED, CUSTOMER, OPERATOR):
            for deed, seen in self.deeds(self.broker, user):
                self.expect(self.row(user, deed), seen, f"{what}: {user}: {deed}")
        for user in (SUSPENDED, CUSTOMER):
            row = "a kept service of who is restricted" if user == SUSPENDED else "allowed"
            for deed, seen in self.deeds(self.kept, user):
                self.expect(row, seen, f"{what}: kept: {user}: {deed}")
                denied = self.denied(user, DEEDS[deed], service=KEPT)
                self.checks.check(not denied, f"{what}: {denied} of {KEPT} is denied")

    def forgets(self):
        """So that everything is asked about again."""
        time.sleep(self.remembered + 1)

    def takes_effect(self):
        """A producer that is connected notices the first restriction, which is on writing."""
        topic = self.topic()
        seen = self.customers.does(self.broker, SUSPENDED, "produce as before", topic)
        self.expect("allowed", seen, "before the restriction")
        self.world.swap()
        self.checks.check(self.denied(SUSPENDED, ["write"]) != [], "writing is denied")

        def is_denied():
            return not self.customers.does(
                self.broker, SUSPENDED, "produce as before", topic
            ).by_service

        longest = self.remembered + LAG_SECONDS + 1
        wait_until(is_denied, longest + 5)
        took = time.monotonic() - self.world.tables[-1].acknowledged
        self.checks.check(took < longest, f"a restriction takes effect after {took:.1f} s")
        seen = self.customers.does(self.broker, SUSPENDED, "produce as before", topic)
        self.expect("restricted", seen, "as soon as the restriction is noticed")
        print(f"a restriction was noticed after {took:.1f} s", flush=True)

    def describes(self, row, user, topic=None):
        topic = topic or self.topic()
        seen = self.customers.does(self.broker, user, "describe", topic)
        self.expect(row, seen, f"{user} describes {topic}")

    def own_opa(self):
        """What the operator's OPA denies is denied, and everything while it does not answer."""
        self.describes("your OPA denies", CUSTOMER, self.topic(name=THEIRS))
        self.describes("allowed", CUSTOMER)
        self.upstream.may_answer.clear()
        self.describes("your OPA is down or hangs", CUSTOMER)
        self.upstream.may_answer.set()
        self.upstream.stop()
        self.describes("your OPA is down or hangs", CUSTOMER)
        self.describes("the operator's own users, in trouble too", OPERATOR)
        self.upstream.start()
        self.describes("allowed", CUSTOMER)
        before = self.upstream.asked
        self.describes("restricted", SUSPENDED)
        self.checks.check(self.upstream.asked == before, "what ours denies, theirs is not asked")

    def without_own_opa(self):
        self.point.stop()
        listener = self.point.listeners[0]
        without = re.sub(r"upstream: \S+\n.*upstream_ms: \d+", "upstream: none", listener)
        self.checks.check(without != listener, "the guide's listener has an upstream")
        self.point.listeners[0] = without
        self.point.start()
        before = self.upstream.asked
        self.right("without an OPA of the operator's own")
        self.checks.check(self.upstream.asked == before, "it is not asked")
        self.point.stop()
        self.point.listeners[0] = listener
        self.point.start()

    def trouble(self):
        self.forgets()
        known = self.topic()
        self.describes("allowed", CUSTOMER, known)
        with self.point.killed():
            self.describes(DOWN + ": what was allowed within the last 5 seconds", CUSTOMER, known)
            for user in (SUSPENDED, CUSTOMER):
                for deed in ("describe", "produce", "consume", "create"):
                    topic = "not-made" if deed == "create" else self.topic()
                    seen = self.customers.does(self.broker, user, deed, topic)
                    self.expect(DOWN, seen, f"{user}: {deed}")
            self.describes("the operator's own users, in trouble too", OPERATOR)
        self.describes("allowed", CUSTOMER)
        unlucky, asked = self.topic(), time.monotonic()
        with self.point.without_table():
            self.describes("the decision point has no table yet", CUSTOMER, unlucky)
        if time.monotonic() - asked < self.remembered - 1:  # else it may be forgotten
            self.describes("the decision point has no table yet", CUSTOMER, unlucky)
        self.describes("allowed", CUSTOMER)
        topics = [self.topic() for _ in range(BROKER_THREADS + 1)]
        with self.point.hung():
            self.hung(topics)
        self.describes("allowed", CUSTOMER)
        topic = self.topic()
        with self.point.slow(0.5):
            seen = self.customers.does(self.broker, CUSTOMER, "produce plainly", topic)
            self.expect("the decision point takes 500 ms: produce", seen, "slow")
        self.right("after it was slow")

    def hung(self, topics):
        hangs = "the decision point hangs: "
        made = self.customers.begin(self.broker, CUSTOMER, "create", "never-made")
        self.describes(hangs + "describe a topic", CUSTOMER, topics.pop())
        waiting = [
            self.customers.begin(self.broker, CUSTOMER, "describe", topic) for topic in topics
        ]
        time.sleep(1)
        seen = self.customers.does(self.broker, OPERATOR, "describe", topics[0])
        self.expect("the operator's own users, in trouble too", seen, "hung")
        self.checks.check(seen.seconds > 2, f"the operator waited {seen.seconds} s only")
        for outcome in waiting:
            seen = outcome()
            self.checks.check(seen.status == 29, f"nobody is let through: {seen}")
        self.expect(hangs + "make a topic", made(), "hung")

    def recorded(self, corpus):
        """What is asked has the heads and the members of what is replayed to unit tests."""
        topic = self.topic()
        self.forgets()
        with self.point.behind(Recorder) as recorders:
            for user in (SUSPENDED, CUSTOMER):
                for deed in ("create", "produce plainly", "fetch"):
                    name = f"made-by-{user}" if deed == "create" else topic
                    self.customers.does(self.broker, user, deed, name)
        self.compared(list(recorders[0].requests()), corpus, topic)

    def compared(self, requests, corpus, topic):
        places = {
            f"127.0.0.1:{self.point.port}": setting.POINT,
            f"127.0.0.1:{self.broker.port}": "127.0.0.1:9092",
            topic: "topic-a",
            SUSPENDED: "sub-1",
            CUSTOMER: "sub-2",
        }
        asked = {}  # whole requests, by what they are about
        for request in requests:
            about = json.loads(request.partition(b"\r\n\r\n")[2])["input"]
            user = about["requestContext"]["principal"]["name"]
            asked.setdefault((user, about["action"]["operation"]), request)
        files = {stem: invented(asked[about], places) for stem, about in RECORDED.items()}
        # Another client might not ask for HTTP/2; the authorizer does so with each question.
        plain = UPGRADE.sub(b"", files["kafka-write-of-a-restricted-user"])
        files["kafka-write-without-upgrade"] = plain
        for stem, recorded in files.items():
            path = corpus / f"{stem}.http"
            if WRITES:
                path.write_bytes(recorded)
            told = f"{path.name} is not what is asked: {recorded}"
            self.checks.check(shape(path.read_bytes()) == shape(recorded), told)
        others = [one for one in asked.values() if shape(one) != shape(asked[SUSPENDED, "WRITE"])]
        self.checks.check(not others, f"other questions have another shape: {others}")
        for user in (SUSPENDED, CUSTOMER):
            kinds = {operation for name, operation in asked if name == user}
            self.checks.check({"CREATE", "DESCRIBE", "READ", "WRITE"} <= kinds, f"asked: {kinds}")


def load(kafka):
    """(user, deed, status, sent, received) of what everybody does while tables change."""
    pairs = [(user, deed) for user in (SUSPENDED, CUSTOMER) for deed in LOADED]
    topics = {pair: kafka.topic() for pair in pairs}
    stopped, answers = threading.Event(), []

    def ask_on(order):
        while not stopped.is_set():
            pair = order.choice(pairs)
            sent = time.monotonic()
            seen = kafka.customers.does(kafka.broker, *pair, topics[pair])
            answers.append((*pair, seen.status, sent, time.monotonic()))

    threads = [
        threading.Thread(target=ask_on, args=(random.Random(i),)) for i in range(LOAD_THREADS)
    ]
    for thread in threads:
        thread.start()
    for _ in range(LOAD_SWAPS):
        kafka.world.swap()
        kafka.forgotten()
        time.sleep(1)
    stopped.set()
    for thread in threads:
        thread.join()
    return answers


def under_load(kafka):
    answers, wrong = load(kafka), []
    for user, deed, status, sent, received in answers:
        tables = kafka.world.may_have_answered(sent - kafka.remembered, received)
        expected = {29 if kafka.denied(user, LOADED[deed], table) else 0 for table in tables}
        if status not in expected:
            wrong.append((user, deed, status, tables))
    kafka.checks.check(not wrong, f"{len(wrong)} of {len(answers)} wrong: {wrong[:3]}")
    kafka.checks.check(len(answers) > ANSWERS_MIN, f"only {len(answers)} answers under load")
    seen = {status for user, _, status, _, _ in answers if user == SUSPENDED}
    kafka.checks.check(seen == {0, 29}, f"who is restricted sees {seen}")
    print(f"{len(answers)} answers over {LOAD_SWAPS} tables", flush=True)


provider, checks = arguments(), Checks()
guide = Guide(provider.source / "docs/guides/kafka.md")
kafka = Kafka(provider, checks, guide)
kafka.right("without restrictions")
kafka.takes_effect()
kafka.right("table 1")
kafka.recorded(provider.source / "tests/corpus/wire")
under_load(kafka)
kafka.right("after the load")
kafka.own_opa()
kafka.without_own_opa()
kafka.trouble()
for _ in range(LAST_SWAPS):
    kafka.world.swap()
kafka.right("after a lift")
kafka.customers.end()
judge_verdicts(checks, kafka.world, kafka.point)
checks.check(not guide.unasked(), f"rows unchecked: {guide.unasked()}")
checks.end()
