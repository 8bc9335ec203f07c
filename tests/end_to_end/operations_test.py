"""Figures, lines, the log of verdicts, reload and the end of `proviso point`, under load."""

import http.client
import json
import os
import signal
import socket
import threading
import time

import case
import metrics_document
import naive
from decision_point import Point
from provider import Checks, arguments, wait_until

provider = arguments()
checks = Checks()
provider.run("init")
provider.import_examples()
provider.make_people()
CASE, FINDING = case.open_case(provider)
decision = case.propose(provider, CASE, case.decision_text([FINDING]))
planned = case.plan_and_sign(provider, decision)
adopted = case.adopt(provider, decision)
restrictions = naive.Restrictions()
restrictions.adopt(decision, adopted["adopted_at"], planned["plan"])
TABLE = provider.run("log", "rebuild")["table"]
SUBSCRIPTION = case.SUBSCRIPTIONS[0]
NUMBER = "+491701234567"  # an invented telephone number: in what is asked, and in no line


def listeners(*blocks):
    rows = [
        "  - {address: '127.0.0.1:0', protocol: forward-auth, overwritten_by: nginx,"
        f" named_operation: {{header: X-Proviso-Operation}}, {block}}}"
        for block in blocks
    ]
    return "listeners:\n" + "\n".join(rows) + "\n"


class Asker(threading.Thread):
    """A gateway with one connection: asks on and on, and opens another when it is told to leave."""

    def __init__(self, point, listener, stop_when_unready=False):
        super().__init__()
        self.port = point.ports[listener]
        self.answers = []  # (subscription, service, region, operation, status, restriction, table)
        self.broken = []
        self.connections = 0
        self.over = threading.Event()
        self.stop_when_unready = stop_when_unready
        self.start()

    def run(self):
        connection = None
        cells = [
            (subscription, "blob-store", "nl-1", operation)
            for subscription in (SUBSCRIPTION, "sub-elsewhere")
            for operation in ("read", "manage")
        ]
        while not self.over.is_set():
            for cell in cells:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                    self.connections += 1
                try:
                    connection.request(
                        "GET",
                        "/authz/forward",
                        headers=dict(
                            zip(
                                (
                                    "X-Proviso-Subscription",
                                    "X-Proviso-Service",
                                    "X-Proviso-Region",
                                    "X-Proviso-Operation",
                                ),
                                cell,
                            )
                        ),
                    )
                    response = connection.getresponse()
                    response.read()
                except OSError as error:
                    self.broken.append(repr(error))
                    return
                headers = response.headers
                self.answers.append(
                    (
                        *cell,
                        response.status,
                        headers.get("X-Proviso-Restriction"),
                        headers.get("X-Proviso-Table"),
                    )
                )
                if headers.get("Connection") == "close":
                    connection.close()
                    connection = None
                    if self.stop_when_unready:
                        return

    def finish(self):
        self.over.set()
        self.join(20)

    def wrong(self):
        return [answer for answer in self.answers if not self.right(answer)]

    @staticmethod
    def right(answer):
        *cell, status, restriction, table = answer
        denied = cell[0] == SUBSCRIPTION and cell[3] == "read"
        return (status, restriction is not None, table) == (
            403 if denied else 200,
            denied,
            str(TABLE),
        )


def lines_of(point):
    return [json.loads(line) for line in list(point.said)]


def figures_are_as_documented():
    config = provider.write("serve.yaml", listeners("name: front", "trouble: open"))
    point = Point(
        provider,
        provider.data / "table" / "current",
        "--metrics",
        "127.0.0.1:0",
        "--log",
        "json",
        "--verdicts",
        provider.work / "verdicts",
        config=config,
    )
    for operation in ("read", "read", "write", NUMBER):
        point.ask(SUBSCRIPTION, "blob-store", "nl-1", operation)
    point.ask("sub-elsewhere", "blob-store", "nl-1", "read", listener=1)
    point.ask(NUMBER, NUMBER, NUMBER, NUMBER)
    point.get("/elsewhere")
    kind, text = metrics_document.scrape(point.ready["metrics_port"])
    checks.check(kind.startswith("text/plain; version=0.0.4"), f"content type {kind}")
    families = metrics_document.parse(text)
    rows = metrics_document.documented(provider.source)
    of_serve = [
        "proviso_log_parts_damaged",
        "proviso_log_stopped",
        "proviso_table_restored_total",
    ]
    wrong = metrics_document.differences(families, rows, of_serve)
    checks.check(not wrong, f"figures and document agree: {wrong}")

    def value(name, **labels):
        return metrics_document.value(families, name, **labels)

    for expected, name, labels in [
        (3, "proviso_verdicts_total", {"listener": "front", "code": "restricted"}),
        (2, "proviso_verdicts_total", {"listener": "front", "code": "unknown-operation"}),
        (1, "proviso_verdicts_total", {"listener": "127.0.0.1:0", "verdict": "allow"}),
        (5, "proviso_requests_total", {"listener": "front", "status": "403"}),
        (1, "proviso_requests_total", {"listener": "front", "status": "404"}),
        (6, "proviso_answer_seconds_count", {"listener": "front"}),
        (TABLE, "proviso_table_number", {}),
        (0, "proviso_table_alarm", {}),
        (1, "proviso_table_tables_total", {}),
        (float("inf"), "proviso_table_confirmed_seconds", {}),
    ]:
        family = name.removesuffix("_count")
        found = sum(
            number
            for sample, has, number in families[family][1]
            if sample == name and labels.items() <= has.items()
        )
        checks.check(found == expected, f"{name} {labels} is {found}, expected {expected}")
    checks.check(NUMBER not in text, "no word of a question is in the figures")
    for path, wanted in [("/metrics", 404), ("/healthz", 200)]:
        checks.check(point.get(path)[0] == wanted, f"{path} on a gateway's listener")
    checks.check(point.end() == 0, "it ends in order")
    events = [line["event"] for line in lines_of(point)]
    checks.check(
        events[0] == "table" and "ready" in events and events[-1] == "stop", f"lines: {events}"
    )
    checks.check(not point.has_said(NUMBER), "no word of a question is in a line")
    verdicts = (provider.work / "verdicts").read_text()
    checks.check(SUBSCRIPTION not in verdicts, "the log of verdicts has pseudonyms")
    checks.check(len(verdicts.splitlines()) == 6, f"six verdicts: {verdicts}")
    checks.check(os.stat(provider.work / "verdicts").st_mode & 0o777 == 0o600, "its mode is 0600")


def refused_requests(point, **labels):
    _, text = metrics_document.scrape(point.ready["metrics_port"])
    _, samples = metrics_document.parse(text)["proviso_requests_refused_total"]
    return sum(number for _, has, number in samples if labels.items() <= has.items())


def the_journal_tells_what_goes_wrong():
    """Once, with its code, at its level, and without a word of what was sent."""
    config = provider.write(
        "wrong.yaml",
        listeners("name: front", "name: fixed, region: {constant: no-such-region}")
        + "  - {address: '127.0.0.1:0', protocol: opa, name: bodies, overwritten_by: nobody,"
        " subscription: {input: /user}, operation: {input: /operation}}\n",
    )
    table = provider.work / "later" / "current"
    table.parent.mkdir()
    point = Point(provider, table, "--metrics", "127.0.0.1:0", "--log", "json", config=config)

    def told(event, level, **more):
        wanted = {"event": event, "level": level, **more}

        def lines():
            return [line for line in lines_of(point) if wanted.items() <= line.items()]

        checks.check(wait_until(lines, 10), f"{wanted} is told: {point.said}")
        checks.check(len(lines()) == 1, f"{wanted} is told once: {lines()}")

    for _ in range(3):
        point.ask(SUBSCRIPTION, "blob-store", "nl-1", "read")
    told("trouble", "alarm", listener="front", code="no-table")

    with socket.create_connection(("127.0.0.1", point.ports[0]), timeout=10) as client:
        client.sendall(f"GET /%zz{NUMBER} HTTP/1.1\r\nHost: p\r\n\r\n".encode())
        checks.check(b"bad-target" in client.recv(4096), "a malformed request is refused")
    told("refused", "warning", listener="front", code="bad-target")

    bodies = http.client.HTTPConnection("127.0.0.1", point.ports[2], timeout=10)
    for body in ("{", f'{{"input": "{NUMBER}"', b"\xff", "[" * 1000, '{"input": 1, "input": 2}'):
        bodies.request("POST", "/v1/data/proviso/blob-store/nl-1", body=body)
        answer = bodies.getresponse()
        answer.read()
        seen = (answer.status, answer.headers["X-Proviso-Code"])
        checks.check(seen == (400, "bad-body"), f"{body[:20]!r} is refused: {seen}")
    bodies.close()
    told("refused", "warning", listener="bodies", code="bad-body")
    count = refused_requests(point, listener="bodies", code="bad-body")
    checks.check(count == 5, f"{count} refused bodies are counted, of 5")

    table.write_bytes((provider.data / "table" / "current").read_bytes())
    told("unknown-constant", "warning", listener="fixed")
    checks.check(point.end() == 0, "it ends in order")
    checks.check(not point.has_said(NUMBER), "no word of what was refused is in a line")


def a_crowd_is_told_of():
    """A listener whose connections are all taken says so, and that there is room again."""
    config = provider.write("crowd.yaml", listeners("name: front"))
    table = provider.data / "table" / "current"
    point = Point(provider, table, "--log", "json", config=config, files_max=64)
    crowd = [socket.create_connection(("127.0.0.1", point.ports[0]), 10) for _ in range(48)]

    def lines(event):
        return [line for line in lines_of(point) if line["event"] == event]

    checks.check(wait_until(lambda: lines("full"), 10), f"48 of 48 are told of: {point.said}")
    told = [(line["level"], line["listener"], line["connections"]) for line in lines("full")]
    checks.check(told == [("alarm", "front", 48)], f"once, with its place: {told}")
    for client in crowd:
        client.close()
    status, _ = point.ask("sub-elsewhere", "blob-store", "nl-1", "read")
    checks.check(status == 200, f"there is room again: {status}")
    checks.check(wait_until(lambda: lines("full-over"), 30), f"that is told: {point.said}")
    checks.check(len(lines("full")) == 1, f"and all of it once: {point.said}")
    checks.check(point.end() == 0, "it ends in order")


def serve_has_the_same_figures():
    provider.serve(more=["--metrics", "127.0.0.1:0"])
    _, text = metrics_document.scrape(provider.ports["metrics_port"])
    families = metrics_document.parse(text)
    own = ["newest", "rejected_total", "alarm", "unkept"]
    absent = [f"proviso_table_{name}" for name in own]
    absent += [f"proviso_verdict_log_{name}_total" for name in ("lines", "dropped")]
    wrong = metrics_document.differences(
        families, metrics_document.documented(provider.source), absent
    )
    checks.check(not wrong, f"serve's figures and the document agree: {wrong}")
    confirmed = metrics_document.value(families, "proviso_table_confirmed_seconds")
    checks.check(confirmed < 60, f"serve vouches for its table: {confirmed}")
    provider.stop()


def verdicts_hold_what_they_were_made_from():
    """Every cell of the provider, judged again from the line alone."""
    provider.run("export", provider.work / "export")
    state = provider.work / "export" / "state"
    export = {
        **json.loads((state / "catalogue.json").read_text()),
        **json.loads((state / "customers.json").read_text()),
    }
    log = provider.work / "clear"
    point = Point(
        provider,
        provider.data / "table" / "current",
        "--verdicts",
        log,
        "--verdicts-clear",
        config=provider.write("clear.yaml", listeners("name: clear")),
    )
    cells = list(naive.cells(export))
    connection = http.client.HTTPConnection("127.0.0.1", point.ports[0], timeout=10)
    parts = ("Subscription", "Service", "Region", "Operation")
    names = tuple(f"X-Proviso-{part}" for part in parts)
    for cell in cells:
        connection.request("GET", "/authz/forward", headers=dict(zip(names, cell)))
        connection.getresponse().read()
    connection.close()
    point.end()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    checks.check(len(lines) == len(cells), f"{len(lines)} lines for {len(cells)} questions")
    wrong = []
    for line in lines:
        cell = [line[key] for key in ("subscription", "service", "region", "operation")]
        denied_by = restrictions.denied_by(*cell, naive.moment(line["time"]))
        if (line["verdict"], line["restriction"], line["table"]) != (
            "deny" if denied_by else "allow",
            denied_by,
            TABLE,
        ):
            wrong.append((line, denied_by))
    checks.check(not wrong, f"{len(wrong)} verdicts differ: {wrong[:2]}")


def figure(point, name):
    _, text = metrics_document.scrape(point.ready["metrics_port"])
    return metrics_document.value(metrics_document.parse(text), name)


def reload_loses_nothing():
    config = provider.write("serve.yaml", listeners("name: kept", "name: changed"))
    table = provider.data / "table" / "current"
    point = Point(provider, table, "--log", "json", "--metrics", "127.0.0.1:0", config=config)
    asker = Asker(point, 0)
    wait_until(lambda: len(asker.answers) > 20)
    config.write_text("listeners:\n  - {address: nowhere, protocol: forward-auth}\n")
    point.process.send_signal(signal.SIGHUP)
    checks.check(
        wait_until(lambda: point.has_said('"reload"', "serve.yaml:2", "nowhere")),
        f"a faulty file: why is said: {point.said}",
    )
    checks.check(point.get("/healthz", 1)[0] == 200, "and what served serves on")
    failed = "proviso_configuration_reload_failed"
    checks.check(figure(point, failed) == 1, "a figure says so")
    loaded = figure(point, "proviso_configuration_load_time_seconds")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        changed = listeners("name: kept", "name: changed, prefix: /other")
        taker = f"address: '{address}', protocol: forward-auth, overwritten_by: nginx"
        config.write_text(changed + f"  - {{{taker}}}\n")
        point.process.send_signal(signal.SIGHUP)
        checks.check(
            wait_until(lambda: point.has_said('"reload"', "serve.yaml:4", address, "end what")),
            f"a taken address: line, reason and remedy are said: {point.said}",
        )
    both = [point.get("/authz/forward", index)[0] for index in (0, 1)]
    checks.check(both == [403, 403], f"and both listeners are as they were: {both}")
    config.write_text(changed)
    point.process.send_signal(signal.SIGHUP)
    checks.check(wait_until(lambda: point.has_said('"reloaded"')), f"reloaded: {point.said}")
    checks.check(figure(point, failed) == 0, "the figure is 0 again")
    checks.check(
        figure(point, "proviso_configuration_load_time_seconds") > loaded, "and the load is newer"
    )
    answered = len(asker.answers)
    wait_until(lambda: len(asker.answers) > answered + 20)
    asker.finish()
    checks.check(
        not asker.broken and asker.connections == 1,
        f"the listener that did not change kept its connection: {asker.broken}",
    )
    checks.check(not asker.wrong(), f"not one wrong answer: {asker.wrong()[:2]}")
    point.end()


def the_end_loses_nothing():
    config = provider.write("end.yaml", listeners("name: end"))
    point = Point(provider, provider.data / "table" / "current", "--drain", "3", config=config)
    askers = [Asker(point, 0, stop_when_unready=True) for _ in range(4)]
    wait_until(lambda: all(len(asker.answers) > 20 for asker in askers))
    begun = time.monotonic()
    point.process.terminate()
    checks.check(
        wait_until(lambda: point.get("/readyz") == (503, "stopping\n"), 2), "it says that it ends"
    )
    status, headers = point.ask(SUBSCRIPTION, "blob-store", "nl-1", "read")
    checks.check(
        (status, headers["X-Proviso-Table"]) == (403, str(TABLE)), "and answers all the same"
    )
    for asker in askers:
        asker.join(10)
    checks.check(
        not any(asker.is_alive() or asker.broken for asker in askers),
        f"every gateway was told to leave: {[asker.broken for asker in askers]}",
    )
    checks.check(not any(asker.wrong() for asker in askers), "not one wrong answer")
    code = point.process.wait(20)
    took = time.monotonic() - begun
    checks.check(code == 0 and took >= 2.9, f"it waited: exit {code} after {took:.1f} s")
    point.end()


def it_speaks_with_the_service_manager():
    path = provider.work / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(20)
        os.environ.update(NOTIFY_SOCKET=str(path), WATCHDOG_USEC="900000")
        try:
            point = Point(provider, provider.data / "table" / "current")
        finally:
            for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC"):
                del os.environ[name]
        heard = []

        def hears(word):
            while not any(word in text for text in heard):
                try:
                    heard.append(manager.recv(4096).decode())
                except TimeoutError:
                    return False
            return True

        checks.check(hears("READY=1"), f"ready: {heard}")
        heard.clear()
        checks.check(hears("WATCHDOG=1"), f"alive: {heard}")
        point.process.send_signal(signal.SIGHUP)
        checks.check(hears("RELOADING=1\nMONOTONIC_USEC="), f"reloading: {heard}")
        heard.clear()
        checks.check(hears("READY=1"), f"ready again: {heard}")
        point.process.terminate()
        checks.check(hears("STOPPING=1"), f"stopping: {heard}")
        point.end()


figures_are_as_documented()
the_journal_tells_what_goes_wrong()
a_crowd_is_told_of()
serve_has_the_same_figures()
verdicts_hold_what_they_were_made_from()
reload_loses_nothing()
the_end_loses_nothing()
it_speaks_with_the_service_manager()
checks.end()
