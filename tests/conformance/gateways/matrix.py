"""What every gateway is put through: as its guide says, and never a wrong answer.

The closed and the open form of a gateway stand side by side before the same decision point.
"""

import http.client
import json
import random
import threading
import time

import world as worlds
from http_gateway import Client, Requests, ask
from processes import Stopwatch
from provider import wait_until

OPERATIONS = ["create", "invoke", "write", "read", "delete"]
LOAD_THREADS = 4
LOAD_SWAPS = 6
AT_A_RESTART = ("the decision point is down", "the decision point has no table yet")
# A decision point takes 16 KiB of head, the gateways between some KiB and a MiB.
OVERSIZES = (20_000, 200_000, 1_000_000)
LINE_BYTES = 2_000
SLOW_SECONDS, TOO_SLOW_SECONDS = 0.08, 0.5


def judge_verdicts(checks, world, point):
    """Every line of the decision point's log of verdicts is what its table says."""
    point.stop()  # which writes what waits to be written
    count, wrong = 0, []
    for line in point.verdicts.read_text().splitlines():
        told = json.loads(line)
        if told["code"] not in (None, "restricted"):
            continue
        cell = tuple(told[name] for name in ("subscription", "service", "region", "operation"))
        count += 1
        denies = world.denies(cell, told["table"])
        by = world.denied_by(cell, told["table"])
        if (denies, by) != (told["verdict"] == "deny", told["restriction"]):
            wrong.append(line)
    checks.check(not wrong, f"{len(wrong)} of {count} verdicts are wrong: {wrong[:3]}")
    checks.check(count > 0, "there are verdicts")
    print(f"{count} verdicts in the log", flush=True)


class Matrix:
    def __init__(self, checks, guide, world, point, backend):
        self.checks = checks
        self.guide = guide
        self.world = world
        self.point = point
        self.backend = backend
        self.requests = Requests(backend)
        self.loads = 0
        self.gives_up = True  # whether the gateway soon gives up a decision point that is slow
        self.gateways = {}  # column of the guide's table -> port
        # What clients send to be taken for somebody else: see `forged`.
        self.forgeries = []

    def add(self, column, port):
        self.gateways[column] = port

    def cells(self):
        for subscription in [*worlds.RESTRICTED[:2], worlds.FREE[0]]:
            for service in (worlds.STORE, worlds.SPEECH, worlds.KEPT):
                for operation in OPERATIONS:
                    yield subscription, service, worlds.REGION, operation

    def one_of(self, denied):
        """A cell that the newest table denies, or one that it does not."""
        return next(cell for cell in self.cells() if self.world.denies_now(cell) == denied)

    def sees(self, row, cell, column="closed", client=None):
        """Checks that a request of `cell` is answered as the guide's `row` says."""
        own = client or Client(self.gateways[column])
        seen = ask(own, self.requests, cell)
        differs = self.guide.cell(row, column).differs(seen)
        self.checks.check(not differs, f"{column}: {row}: {' '.join(cell)}: {differs}: {seen}")
        if client is None:
            own.close()
        return seen

    def right(self, what):
        """Every cell is answered as the newest table says, over kept connections."""
        for column, port in self.gateways.items():
            client = Client(port)
            for cell in self.cells():
                row = "restricted" if self.world.denies_now(cell) else "allowed"
                if cell[1] == worlds.KEPT and cell[0] in worlds.RESTRICTED:
                    row = "a kept service of who is restricted"
                seen = self.sees(row, cell, column, client)
                named = seen.table
                newest = str(self.world.tables[-1].number)
                self.checks.check(
                    named in (None, newest), f"{column}: {what}: table {named}, not {newest}"
                )
            for subscription in (worlds.RESTRICTED[0], worlds.FREE[0]):
                cell = (subscription, worlds.STORE, worlds.REGION, "manage")
                self.sees("the account of who is restricted", cell, column, client)
            client.close()

    def forged(self):
        """Headers that a client invents change nothing."""
        for column, port in self.gateways.items():
            client = Client(port)
            for denied in (True, False):
                row = "restricted" if denied else "allowed"
                for headers in self.forgeries:
                    seen = ask(client, self.requests, self.one_of(denied), headers)
                    differs = self.guide.cell(row, column).differs(seen)
                    self.checks.check(
                        not differs, f"{column}: {row} and forged {headers}: {differs}: {seen}"
                    )
            client.close()

    def paths(self):
        """What belongs to who is denied is not to be had under the name of who is not."""
        denied, free = worlds.RESTRICTED[0], worlds.FREE[0]
        store = worlds.SPEECH  # suspended: not even reading
        secret = "of a suspended one"
        self.backend.write(store, denied, "secret", secret)
        self.backend.write(store, free, "file", "free")
        tricks = [
            f"/{store}/{free}/../{denied}/secret",
            f"/{store}/{free}/%2e%2e/{denied}/secret",
            f"/{store}/{free}/..%2f{denied}/secret",
            f"/{store}/{free}/%2e%2e%2f{denied}/secret",
            f"/{store}/./{denied}/secret",
            f"//{store}/{denied}/secret",
            f"/{store}//{denied}/secret",
            f"/{worlds.KEPT}/{free}/../../{store}/{denied}/secret",
            f"/{worlds.KEPT}/../{store}/{denied}/secret",
            f"/account/{free}/../../{store}/{denied}/secret",
            f"/account/{denied}/../../{store}/{denied}/secret",
            f"/{store}/{denied}/secret?x=/{store}/{free}/",
            f"/{store}/{denied}/secret?service={worlds.KEPT}&subscription={free}",
            f"/{store}%2f{denied}%2fsecret",
            f"/%73peech/{denied}/secret",
            f"/{store}/{denied}/%73ecret",
            f"/{store}/{denied};{free}/secret",
            f"/{store}/{denied}%00/secret",
            f"/{store}/{free}/..\\{denied}\\secret",
            f"/{store}/{free}/file%0d%0aX-Original-Method:%20manage",
            f"/{store}/{denied.replace('-', '%2d')}/secret",
            f"/{store}/{denied.replace('-', '%2D')}/secret",
            f"/{store}/{denied.upper()}/secret",
            f"/{store}/{denied}%20/secret",
            f"/{store}/{free},{denied}/../{denied}/secret",
            f"/{store}/{free}/%252e%252e/{denied}/secret",
            f"/{store}/{free}/.%2e/{denied}/secret",
            f"/{store}/{free}/..;/{denied}/secret",
            f"http://127.0.0.1/{store}/{denied}/secret",
        ]
        for column, port in self.gateways.items():
            client = Client(port)
            for target in tricks:
                for headers in ((), (("X-Original-URI", f"/{store}/{free}/file"),)):
                    seen = client.ask("GET", target, headers)
                    self.checks.check(
                        secret.encode() not in seen.body,
                        f"{column}: GET {target} gives what is suspended: {seen}",
                    )
            # A client chooses its method, and must not choose what is allowed by it.
            for method in ("manage", "read", "delete", "create", "get", "MANAGE"):
                seen = client.ask(method, f"/{store}/{denied}/secret")
                self.checks.check(not seen.by_service, f"{column}: {method}: {seen}")
                client.close()

    def unknown(self):
        """A service that the catalogue does not know is refused, and so is nobody."""
        for column, port in self.gateways.items():
            client = Client(port)
            cell = (worlds.FREE[0], "no-such-service", worlds.REGION, "read")
            self.sees("a service that the catalogue does not know", cell, column, client)
            for target in ("/", f"/{worlds.STORE}", f"/{worlds.STORE}/", f"/{worlds.STORE}//"):
                seen = client.ask("GET", target)
                self.checks.check(
                    not seen.by_service, f"{column}: {target} names nobody, and is served: {seen}"
                )
            client.close()

    def bodies(self):
        """What is uploaded changes nothing, however large it is and however it is sent."""
        for column, port in self.gateways.items():
            client = Client(port)
            for row, subscription in (("restricted", worlds.RESTRICTED[0]), ("allowed", "sub-x")):
                for body in (b"", b"x" * 1_000_000):
                    for chunked in (False, True):
                        target = f"/{worlds.STORE}/{subscription}/large-{len(body)}"
                        seen = client.ask("PUT", target, body=body, chunked=chunked)
                        differs = self.guide.cell(row, column).differs(seen)
                        what = f"{column}: {row}: {len(body)} bytes, chunked: {chunked}"
                        self.checks.check(not differs, f"{what}: {differs}: {seen}")
                        client.close()

    def oversized(self):
        """Who is denied stays so, however much the request brings along: the question about it
        must not fail for its size, and be let through as one that could not be asked."""
        for column, port in self.gateways.items():
            for size in OVERSIZES:
                lines = [(f"X-Large-{i}", "x" * LINE_BYTES) for i in range(size // LINE_BYTES)]
                for headers in ([("X-Large", "x" * size)], lines):
                    self._is_not_served(port, headers, "", f"{column}: {size} bytes of headers")
                self._is_not_served(port, (), "?" + "x" * size, f"{column}: {size} bytes of query")

    def _is_not_served(self, port, headers, query, what):
        method, target, body = self.requests.of(self.one_of(True))
        client = Client(port)
        try:
            seen = client.ask(method, target + query, headers, body)
        except (OSError, http.client.HTTPException):
            seen = None  # the gateway hung up on so much
        client.close()
        self.checks.check(seen is None or not seen.by_service, f"{what}: {seen}")
        did = [line for line in self.backend.done() if line.endswith(f" {target}")]
        self.checks.check(not did, f"{what}: the service did {did}")

    def moved(self, method, column, owner, destination):
        """What a client sees who copies or moves a file of `owner` to `destination`."""
        subscription, service = owner
        self.backend.write(service, subscription, "here", "invented")
        client = Client(self.gateways[column])
        headers = [("Destination", destination), ("Overwrite", "T")]
        seen = client.ask(method, f"/{service}/{subscription}/here", headers)
        client.close()
        return seen

    def troubled(self, row, count=3):
        """While the point is in trouble, all are answered as the guide's row says."""
        for column in self.gateways:
            for denied in (True, False):
                for _ in range(count):
                    self.sees(row, self.one_of(denied), column)

    def trouble(self):
        with self.point.killed():
            self.troubled("the decision point is down")
            self.world.swap()
        self.right("after a restart")
        with self.point.without_table():
            self.troubled("the decision point has no table yet", count=2)
        with self.point.hung():
            self.troubled("the decision point hangs", count=2 if self.gives_up else 1)
        self.right("after a halt")
        with self.point.slow(SLOW_SECONDS):
            for denied in (True, False):
                for column in self.gateways:
                    row = "restricted" if denied else "allowed"
                    self.sees(row, self.one_of(denied), column)
        if self.gives_up:
            with self.point.slow(TOO_SLOW_SECONDS):
                self.troubled("the decision point is slower than the gateway waits", count=2)
        self.right("after it was slow")

    def load(self, during, trouble=()):
        """Asks from several threads while `during` runs; answers how many answers were checked.

        Each answer must be that of the table which it names, or one of the rows `trouble` of the
        guide. The service does what was allowed, and nothing else.
        """
        stopped = threading.Event()
        asked = []  # of each thread: (column, cell, seen, sent)
        threads = []
        self.loads += 1
        mark = f"/load-{self.loads}-"
        for number in range(LOAD_THREADS):
            column = list(self.gateways)[number % len(self.gateways)]
            record = []
            asked.append(record)
            requests = Requests(self.backend, f"{mark[1:]}{number}")
            arguments = (column, requests, random.Random(number), stopped, record)
            threads.append(threading.Thread(target=self._ask_on, args=arguments))
        for thread in threads:
            thread.start()
        try:
            during()
        finally:
            stopped.set()
            for thread in threads:
                thread.join()
        answers = [answer for record in asked for answer in record]
        wrong = [text for answer in answers if (text := self._wrong(*answer, trouble))]
        self.checks.check(not wrong, f"{len(wrong)} of {len(answers)} wrong: {wrong[:3]}")
        self.checks.check(len(answers) > 100, f"only {len(answers)} answers under load")
        seen = [answer[2] for answer in answers if not isinstance(answer[2], Exception)]
        served = sum(one.by_service for one in seen)

        def done_of_these():
            return sum(mark in line for line in self.backend.done())

        wait_until(lambda: done_of_these() >= served, 5)
        done = done_of_these()
        self.checks.check(done == served, f"the service did {done}, clients saw {served}")
        return len(answers), {one.table for one in seen} - {None}

    def _ask_on(self, column, requests, order, stopped, record):
        client = Client(self.gateways[column])
        cells = list(self.cells())
        while not stopped.is_set():
            cell = order.choice(cells)
            sent = time.monotonic()
            try:
                record.append((column, cell, ask(client, requests, cell), sent))
            except OSError as error:
                record.append((column, cell, error, sent))
        client.close()

    def _wrong(self, column, cell, seen, sent, trouble):
        """What is wrong with an answer; empty when nothing is."""
        if isinstance(seen, Exception):
            return f"{column}: {cell}: {seen!r}"
        named = seen.table
        if not named and any(not self.guide.cell(row, column).differs(seen) for row in trouble):
            return ""
        tables = [int(named)] if named else self.world.may_have_answered(sent, sent + seen.seconds)
        rows = {"restricted" if self.world.denies(cell, number) else "allowed" for number in tables}
        if any(not self.guide.cell(row, column).differs(seen) for row in rows):
            return ""
        return f"{column}: {cell}: should be {rows} by {tables}: {seen}"

    def swaps(self, count=LOAD_SWAPS):
        for _ in range(count):
            self.world.swap()

    def under_load(self):
        with Stopwatch() as watch:
            count, tables = self.load(self.swaps)
        print(
            f"{count} answers in {watch.seconds:.1f} s, of the tables {sorted(tables)}", flush=True
        )
        self.checks.check(len(tables) != 1, f"answers name only {tables}")

        def restarted():
            for _ in range(2):
                time.sleep(0.3)
                with self.point.killed():
                    time.sleep(0.1)
            time.sleep(0.3)

        count, _ = self.load(restarted, trouble=AT_A_RESTART)
        print(f"{count} answers over two restarts", flush=True)
        self.right("after the load")

    def everything(self):
        self.right("at first")
        self.forged()
        self.unknown()
        self.bodies()
        self.oversized()
        self.paths()
        self.trouble()
        self.under_load()
        judge_verdicts(self.checks, self.world, self.point)
        self.checks.check(not self.guide.unasked(), f"rows unchecked: {self.guide.unasked()}")
