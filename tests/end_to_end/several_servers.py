"""Two servers on one PostgreSQL, and what may happen to them under load.

Writers add claims by the command line while appenders are killed (kill -9), paused (SIGSTOP) and
cut off (pg_terminate_backend), and while PostgreSQL itself is restarted. Oracle: every claim that
was acknowledged is there once, any other at most once; the log verifies; every checkpoint that was
ever published has the root of the same log at its size; no smaller one came after a larger one.

Usage: BINARY SOURCE WORK [KILLS [SEED]], with PROVISO_STORE (a connection URI of an empty database)
and PROVISO_RESTART_STORE (a command that restarts the server) in the environment.
"""

import atexit
import base64
import hashlib
import json
import os
import random
import re
import signal
import statistics
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import case
from provider import Checks, arguments, wait_until

WRITERS = 4
# On a test machine that does much else; what was measured is printed.
TAKEOVER_SECONDS_MAX = 60
TAKEOVER_MEDIAN_SECONDS_MAX = 20  # among them are the five without a sign of life
NOT_STORED = "this was not stored, and nothing was changed"
DOUBT = "this may have been stored"
STORE = os.environ["PROVISO_STORE"]
RESTART = os.environ["PROVISO_RESTART_STORE"]

provider = arguments()
kills = int(sys.argv[4]) if len(sys.argv) > 4 else 6
seed = int(sys.argv[5]) if len(sys.argv) > 5 else 20261122
dice = random.Random(seed)
checks = Checks()
print(f"seed {seed}, {kills} kills", flush=True)


def sql(statement):
    """The rows of a statement, each a list of texts."""
    done = subprocess.run(
        ["psql", STORE, "-XAtq", "-F", "\t", "-c", statement], capture_output=True, text=True
    )
    return [line.split("\t") for line in done.stdout.splitlines()] if done.returncode == 0 else []


class Server:
    """One `proviso serve`."""

    made = 0

    def __init__(self):
        Server.made += 1
        self.said = provider.work / f"serve-{Server.made}.log"
        with open(self.said, "w") as said:
            self.process = subprocess.Popen(
                [provider.binary, "-C", str(provider.data), "serve", "--listen", "127.0.0.1:0"]
                + ["--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
            )
        # Also when the test breaks off; one that was ended before is left alone.
        atexit.register(self.process.kill)
        self.port = json.loads(self.process.stdout.readline())["ports"][0]

    def restriction(self, subscription, service, region):
        """What forbids writing; None when it is allowed."""
        headers = {
            "X-Proviso-Subscription": subscription,
            "X-Proviso-Service": service,
            "X-Proviso-Region": region,
            "X-Original-Method": "PUT",
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/authz/forward", headers=headers
        )
        try:
            urllib.request.urlopen(request, timeout=5).close()
            return None
        except urllib.error.HTTPError as error:
            return error.headers.get("X-Proviso-Restriction")

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait(60)
        self.process.stdout.close()


class Writers:
    """Add claims, each text once, until they are told to stop."""

    def __init__(self, of_case):
        self.case = of_case
        self.lock = threading.Lock()
        self.running = True
        self.acknowledged = {}  # text -> id
        self.unknown = {}  # text -> what was said
        self.last = time.monotonic()
        self.threads = [
            threading.Thread(target=self.write, args=(n,), daemon=True) for n in range(WRITERS)
        ]
        for thread in self.threads:
            thread.start()

    def write(self, number):
        turn = 0
        while self.running:
            turn += 1
            text = f"Claim {number}.{turn}"
            arguments = ["claim", "add", "--case", self.case, "--text", text, "--json"]
            process = provider.start(*arguments, key="anna")
            out, err = process.communicate()
            with self.lock:
                if process.returncode == 0:
                    self.acknowledged[text] = json.loads(out)["id"]
                    self.last = time.monotonic()
                else:
                    self.unknown[text] = err.decode().strip()

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join()


class Watch:
    """Keeps every checkpoint that was ever published."""

    def __init__(self):
        self.seen = {}  # size -> root
        self.faults = []
        self.largest = 0
        self.running = True
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        while self.running:
            try:
                lines = (provider.data / "log" / "checkpoint").read_text().split("\n")
                self.note(int(lines[1]), lines[2])
            except (FileNotFoundError, IndexError, ValueError) as fault:
                self.faults.append(f"unreadable checkpoint: {fault}")
            time.sleep(0.002)

    def note(self, size, root):
        if self.seen.setdefault(size, root) != root:
            self.faults.append(f"two roots at size {size}")
        if size < self.largest:
            self.faults.append(f"size {size} after {self.largest}")
        self.largest = max(self.largest, size)

    def stop(self):
        self.running = False
        self.thread.join()


def entries():
    """All entries of the published log, from its bundles."""
    folder = provider.data / "log" / "tile" / "entries"
    size = int((provider.data / "log" / "checkpoint").read_text().split("\n")[1])
    found = []
    while len(found) < size:
        number, width = divmod(len(found), 256)[0], min(256, size - len(found))
        path = folder / (f"{number:03}" if width == 256 else f"{number:03}.p/{width}")
        data = path.read_bytes()
        while data:
            (length,) = struct.unpack(">H", data[:2])
            found.append(data[2 : 2 + length])
            data = data[2 + length :]
    return found


def roots(leaves):
    """The root of the tree at each size from 0 on, in base64."""
    peaks = []  # (height, hash), the highest first
    yield base64.b64encode(hashlib.sha256(b"").digest()).decode()
    for leaf in leaves:
        peaks.append((0, hashlib.sha256(b"\0" + leaf).digest()))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (height, right), (_, left) = peaks.pop(), peaks.pop()
            peaks.append((height + 1, hashlib.sha256(b"\1" + left + right).digest()))
        root = peaks[-1][1]
        for _, left in reversed(peaks[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        yield base64.b64encode(root).decode()


class Pair:
    """Two servers; who falls is replaced."""

    def __init__(self):
        self.servers = [Server(), Server()]

    def appender(self):
        """The server that appends now."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            rows = sql(
                "SELECT application_name FROM pg_stat_activity JOIN log_appender ON pid = backend"
            )
            for server in self.servers:
                if rows and rows[0][0] == f"proviso {server.process.pid}":
                    return server
            time.sleep(0.02)
        raise SystemExit("FAIL no server appends")

    def replace(self, server):
        self.servers.remove(server)
        self.servers.append(Server())

    def stop(self):
        for server in self.servers:
            server.end(signal.SIGTERM)
            checks.check(server.process.returncode == 0, "a server does not end in order")


def epoch():
    rows = sql("SELECT epoch FROM log_appender")
    return int(rows[0][0]) if rows else None


def takeover(writers, before, since):
    """Seconds from `since` until another appender than number `before` acknowledged something."""
    wait_until(lambda: (epoch() or 0) > before, 90)
    seated = time.monotonic()
    wait_until(lambda: writers.last > seated, 90)
    return time.monotonic() - since


def are_seconds(what, seconds):
    """Prints how long nothing was acknowledged, each time, and holds it against the promise."""
    median, longest = statistics.median(seconds), max(seconds)
    told = f"{len(seconds)} {what}: nothing acknowledged for {median:.2f} s (median)"
    print(f"{told}, {longest:.2f} s at most", flush=True)
    checks.check(median < TAKEOVER_MEDIAN_SECONDS_MAX and longest < TAKEOVER_SECONDS_MAX, told)


def kill_appenders(pair, writers):
    seconds = []
    for _ in range(kills):
        time.sleep(dice.uniform(0.3, 1.5))
        server, before = pair.appender(), epoch()
        since = time.monotonic()
        server.end(signal.SIGKILL)
        seconds.append(takeover(writers, before, since))
        pair.replace(server)
    are_seconds("appenders killed", seconds)


def kill_within_a_commit(pair, of_case):
    """The appender dies while its entries are being stored, or their answer is being shown."""
    for what, table, stage in [
        ("INSERT", "log_entry", "before it is durable"),
        ("UPDATE OF ready", "log_mail", "after it is"),
    ]:
        sql(
            "CREATE OR REPLACE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN PERFORM pg_sleep(4); RETURN NEW; END'"
        )
        sql(f"CREATE TRIGGER slow BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION wait()")
        server = pair.appender()
        entries_before = int(sql("SELECT count(*) FROM log_entry")[0][0])
        text = f"The appender dies {stage}"
        arguments = ["claim", "add", "--case", of_case, "--text", text, "--json"]
        process = provider.start(*arguments, key="anna")
        sleeping = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        checks.check(wait_until(lambda: sql(sleeping)), f"{stage}: nobody commits")
        durable = int(sql("SELECT count(*) FROM log_entry")[0][0]) - entries_before
        checks.check(durable == (stage == "after it is"), f"{stage}: {durable} entries")
        server.end(signal.SIGKILL)
        sql(f"DROP TRIGGER slow ON {table}")
        out, err = process.communicate(timeout=60)
        checks.check(process.returncode == 0, f"{stage}: not answered: {err.decode()}")
        claims = provider.run("case", "show", of_case)["claims"]
        found = [claim["id"] for claim in claims if claim["text"] == text]
        told = json.loads(out)["id"] if out else None
        checks.check(found == [told], f"{stage}: told {told}, found {found}")
        pair.replace(server)


def cut_sessions(pair, writers, times=8):
    seconds = []
    for _ in range(times):
        time.sleep(dice.uniform(0.2, 1.0))
        pair.appender()
        before, since = epoch(), time.monotonic()
        sql("SELECT pg_terminate_backend(backend::int) FROM log_appender")
        seconds.append(takeover(writers, before, since))
    are_seconds("sessions cut", seconds)
    checks.check(
        all(server.process.poll() is None for server in pair.servers), "a cut ended a server"
    )


def restart_database(pair, writers, times=3):
    seconds = []
    for _ in range(times):
        time.sleep(dice.uniform(0.5, 1.5))
        pair.appender()
        before = epoch()
        subprocess.run(RESTART, shell=True, check=True, stdout=subprocess.DEVNULL)
        seconds.append(takeover(writers, before, time.monotonic()))
    are_seconds("restarts of PostgreSQL", seconds)
    checks.check(
        all(server.process.poll() is None for server in pair.servers), "a restart ended a server"
    )


def pause_appenders(pair, writers, watch, times=3):
    """The appender sleeps through its successor's first commits, and wakes up again."""
    seconds = []
    for _ in range(times):
        time.sleep(dice.uniform(0.2, 1.0))
        server, before = pair.appender(), epoch()
        since = time.monotonic()
        server.process.send_signal(signal.SIGSTOP)
        seconds.append(takeover(writers, before, since))
        successor = pair.appender()
        checks.check(successor is not server, "who is paused appends still")
        before = watch.largest
        server.process.send_signal(signal.SIGCONT)
        checks.check(
            wait_until(lambda: "appends no more" in server.said.read_text(), 20),
            "who was paused does not know that it appends no more",
        )
        wait_until(lambda: watch.largest > before + 5, 30)
        checks.check(pair.appender() is successor, "who was paused appends again")
    are_seconds("appenders paused", seconds)


def audit(writers, watch, of_case):
    shown = provider.run("case", "show", of_case)["claims"]
    texts = [claim["text"] for claim in shown]
    lost = [text for text in writers.acknowledged if texts.count(text) != 1]
    checks.check(not lost, f"acknowledged, and not there once: {lost[:5]}")
    twice = [text for text in writers.unknown if texts.count(text) > 1]
    checks.check(not twice, f"done twice: {twice[:5]}")
    untold = [what for what in writers.unknown.values() if (NOT_STORED in what) == (DOUBT in what)]
    checks.check(not untold, f"not told which of the two things holds: {untold[:5]}")
    false = [text for text, what in writers.unknown.items() if NOT_STORED in what and text in texts]
    checks.check(not false, f"stored, and told that it was not: {false[:5]}")
    ids = {claim["id"]: claim["text"] for claim in shown}
    wrong = [text for text, told in writers.acknowledged.items() if ids.get(told) != text]
    checks.check(not wrong, f"answered with the id of another claim: {wrong[:5]}")
    report = provider.run("log", "verify")
    checks.check(report["ok"], f"log verify: {report}")
    checks.check(not watch.faults, f"checkpoints: {watch.faults[:5]}")
    history = list(roots(entries()))
    others = [size for size, root in watch.seen.items() if history[size] != root]
    checks.check(not others, f"published, and of another history: sizes {others[:5]}")
    done = sum(text in texts for text in writers.unknown)
    print(
        f"{len(writers.acknowledged)} claims acknowledged, {len(writers.unknown)} refused or"
        f" unknown ({done} of them done), {len(watch.seen)} checkpoints seen,"
        f" log of {len(history) - 1}"
    )
    said = {re.sub(r"\d+", "N", what) for what in writers.unknown.values()}
    for what in sorted(said):
        print(f"  said: {what}")


def make_log():
    secret = "postgresql://proviso:a-canary@db.example.com/proviso"
    refusal = provider.run("init", "--store", secret, expect=1)
    checks.refused("a password in a URI", refusal, "passfile")
    checks.check("a-canary" not in refusal, "the refusal repeats the password")
    provider.run("init", "--store", STORE)
    provider.import_examples()
    provider.make_people()
    return case.open_case(provider)


def restrict(of_case, finding):
    decision = case.propose(provider, of_case, case.decision_text([finding]))
    case.plan_and_sign(provider, decision)
    case.adopt(provider, decision)


def every_server_denies(pair, when):
    for server in pair.servers:
        denied = wait_until(
            lambda: server.restriction("sub-em-archive-01", "blob-store", "nl-1"), 15
        )
        checks.check(denied, f"{when}: a server does not know the restriction")


def erase(of_case):
    """The key goes from the database. Dumps of the keys are out of reach, which is said."""
    added = provider.run("claim", "add", "--case", of_case, "--text", "Erased", key="anna")
    unreached = provider.run("erasure", "list")["unreached"]
    checks.check(unreached == [], f"nothing is erased yet: {unreached}")
    words = ["--part", "details", "--basis", "mistake", "--reason", "It names somebody."]
    proposed = provider.run("erasure", "propose", added["index"], *words, key="anna")["id"]
    approved = provider.run("erasure", "approve", proposed, key="ben")
    keys = "SELECT name FROM log_addendum_key WHERE position = "
    left = sql(keys + str(added["index"]))
    checks.check(approved["done"] and left == [], f"its keys are gone: {left}")
    checks.check(sql(keys + str(added["index"] - 1)), "and others are there")
    for answer in (approved, provider.run("erasure", "list")):
        told = json.dumps(answer["unreached"])
        checks.check("dumped or archived" in told, f"what is not reached is said: {told}")


def database_away(of_case):
    """What a command is told when nobody answers where the database is."""
    place = provider.data / "proviso.json"
    whole = place.read_text()
    config = json.loads(whole)
    config["store"] = f"postgresql:///nobody?host={provider.work}"  # a folder without a socket
    place.write_text(json.dumps(config))
    process = provider.start("claim", "add", "--case", of_case, "--text", "Away", key="anna")
    error = process.communicate()[1].decode()
    place.write_text(whole)
    checks.check(process.returncode == 3, f"away: {process.returncode} {error}")
    checks.refused("the database is away", error, "PostgreSQL", NOT_STORED)


def main():
    of_case, finding = make_log()
    pair = Pair()
    restrict(of_case, finding)
    every_server_denies(pair, "at the beginning")
    watch = Watch()
    kill_within_a_commit(pair, of_case)
    writers = Writers(of_case)
    kill_appenders(pair, writers)
    cut_sessions(pair, writers)
    pause_appenders(pair, writers, watch)
    restart_database(pair, writers)
    writers.stop()
    every_server_denies(pair, "at the end")
    watch.stop()
    audit(writers, watch, of_case)
    # Who was cut off while taking the answer away leaves it there, until it is old.
    left = sql("SELECT count(*) FROM log_mail WHERE made > pg_postmaster_start_time()")
    checks.check(left == [["0"]], f"left in the mailbox: {left}")
    pair.stop()
    erase(of_case)
    database_away(of_case)
    checks.end()


main()
