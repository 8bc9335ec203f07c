"""Servers on one PostgreSQL that cannot be reached, at their start and later: gateways are answered
from the last table, the journal has one line when it begins and one when it is over, and all goes
on without a restart. The appender has its checkpoints cosigned by the log's witnesses.

Usage: BINARY SOURCE WORK, with PROVISO_STORE (a connection URI of an empty database behind a local
socket, `?host=FOLDER`) in the environment.
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.request

import metrics_document
from provider import Checks, arguments, wait_until

PATIENCE = 40
provider = arguments()
checks = Checks()
real, folder = os.environ["PROVISO_STORE"].split("?host=")
link = provider.work / "pg"
STORE = f"{real}?host={link}"


def reach(is_there):
    """PostgreSQL is there, or its address leads nowhere and its sessions are cut."""
    if is_there:
        link.symlink_to(folder)
        return
    link.unlink()
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    subprocess.run(["psql", f"{real}?host={folder}", "-Xqc", cut], check=True, capture_output=True)


class Server:
    """One `proviso serve`, and what its journal says, line by line."""

    def __init__(self, wait=True):
        words = ["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]
        self.process = provider.start(*words, "--log", "json", "--json")
        self.said = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.ports = json.loads(self.process.stdout.readline())

    def read(self):
        for line in self.process.stderr:
            self.said.append(json.loads(line))

    def told(self, event):
        return [line for line in list(self.said) if line["event"] == event]

    def stopped(self):
        text = metrics_document.scrape(self.ports["metrics_port"])[1]
        return metrics_document.value(metrics_document.parse(text), "proviso_log_stopped")

    def answers(self):
        headers = {
            "X-Proviso-Subscription": "sub-elsewhere",
            "X-Proviso-Service": "blob-store",
            "X-Proviso-Region": "nl-1",
            "X-Original-Method": "GET",
        }
        address = f"http://127.0.0.1:{self.ports['ports'][0]}/authz/forward"
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status == 200

    def end(self):
        self.process.terminate()
        code = self.process.wait(30)
        self.reader.join(20)
        return code


def is_one_line(text):
    return "\t" not in text and "\n" not in text and "look whether PostgreSQL runs" in text


reach(True)
vkey = provider.run("init", "--store", STORE)["vkey"]
provider.import_examples()

# It starts while PostgreSQL is away.
reach(False)
server = Server()
wait_until(lambda: server.told("ready"), 5)
first = server.said[0]
checks.check(first["event"] == "log-stopped", f"the first line of the journal: {first}")
checks.check(is_one_line(first["reason"]), f"the reason: {first}")
checks.check("stores no act" in server.told("ready")[0]["message"], f"ready: {server.said}")
checks.check(server.stopped() == 1, "the figure")
checks.check(server.answers(), "gateways are answered")
error = provider.run("case", "list", expect=3)
checks.refused("a command", error, "look whether PostgreSQL runs")
time.sleep(3)  # it tries twice a second
checks.check(len(server.told("log-stopped")) == 1, f"told once: {server.said}")
reach(True)
checks.check(wait_until(lambda: server.stopped() == 0, PATIENCE), f"it goes on: {server.said}")
wait_until(lambda: server.told("log"), 5)
over = [line["message"] for line in server.told("log")]
checks.check(over == ["the log is open, and acts are stored again"], f"told once: {over}")
provider.run("case", "list")

# PostgreSQL goes away under two servers, and comes back.
beside = Server()
size = int(provider.run("log", "checkpoint")["size"])
began = [len(each.said) for each in (server, beside)]
reach(False)
for each in (server, beside):
    checks.check(wait_until(lambda: each.stopped() == 1, PATIENCE), f"it is told: {each.said}")
    checks.check(each.answers(), "gateways are answered")
time.sleep(3)
lines = [each.told("log-stopped") for each in (server, beside)]
checks.check([len(told) for told in lines] == [2, 1], f"told once each: {lines}")
reach(True)
for each in (server, beside):
    checks.check(wait_until(lambda: each.stopped() == 0, PATIENCE), f"it goes on: {each.said}")
    wait_until(lambda: each.told("log"), 5)
provider.run("import", "terms", provider.source / "examples" / "terms.yaml")
checks.check(int(provider.run("log", "checkpoint")["size"]) == size + 1, "acts are stored again")
for each, before in zip((server, beside), began):
    told = [line for line in each.said[before:] if line["event"] in ("log", "log-stopped")]
    names = [line["event"] for line in told]
    checks.check(names == ["log-stopped", "log"], f"one line, and one when it is over: {told}")
checks.check(beside.end() == 0 and server.end() == 0, "both end well")

# The appender has the log's witness cosign what is new.
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
key, state = provider.work / "witness.key", provider.work / "witness.json"
named = ["--name", "witness.example.org/one"]
line = provider.run("log", "witness", "--new-key", key, "--state", state, *named)["vkey"]
words = ["--listen", f"127.0.0.1:{port}", "--log", vkey]
witness = provider.start("log", "witness", "--key", key, "--state", state, *words, "--json")
witness.stdout.readline()
policy = provider.write(
    "policy.txt",
    f"log {vkey}\nwitness one {line} http://127.0.0.1:{port}/\n"
    "group everyone all one\nquorum everyone\n",
)
provider.run("log", "cosign", "--set-policy", policy)
published = pathlib.Path(provider.data) / "log" / "checkpoint"


def is_cosigned():
    return "witness.example.org/one" in published.read_text()


server = Server()
checks.check(wait_until(is_cosigned, PATIENCE), "what it found was cosigned")
for _ in range(2):
    before = published.read_text().splitlines()[1]
    provider.run("import", "terms", provider.source / "examples" / "terms.yaml")
    checks.check(published.read_text().splitlines()[1] != before, "there is a newer checkpoint")
    checks.check(wait_until(is_cosigned, PATIENCE), f"a new checkpoint: {published.read_text()}")
witness.send_signal(signal.SIGTERM)
witness.communicate(timeout=20)
told = [line["message"] for line in server.told("server")]
checks.check(any("witness `one`: cosigned" in line for line in told), f"and it says so: {told}")
provider.run("import", "terms", provider.source / "examples" / "terms.yaml")
checks.check(server.end() == 0, "a witness that is gone holds nobody up")
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
checks.end()
