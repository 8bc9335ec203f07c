"""Four protocols at once, a new table each second: no wrong answer, no memory lost, no descriptor.

PROVISO_SOAK_SECONDS says how long. Each answer names its table, and must be what the naive
evaluator says of that table, the restriction that denies included; the names of the tables must
never go back on a connection.
"""

import json
import os
import random
import sys
import threading
import time
import urllib.parse

import processes
import world as worlds
from http_gateway import Client
from matrix import OPERATIONS
from point import Point
from provider import Checks, Provider

LISTENERS = [
    "    protocol: forward-auth\n    overwritten_by: the soak\n",
    "    protocol: envoy\n    overwritten_by: the soak\n    service: {path: 1}\n"
    f"    subscription: {{path: 2}}\n    region: {{constant: {worlds.REGION}}}\n",
    "    protocol: opa\n    overwritten_by: the soak\n    subscription: {input: /who}\n"
    "    named_operation: {input: /does}\n",
    "    protocol: authzen\n",
]
METHODS = dict(zip(OPERATIONS, ("MKCOL", "POST", "PUT", "GET", "DELETE"), strict=True))
JSON = ("Content-Type", "application/json")
# What a table in memory may come to while another one answers, and noise of the allocator.
GROWTH_KIB_MAX = 8 * 1024
# Of the seconds, in how many there must be a new table. A machine with other work may make fewer in
# the time: then it goes on, this many times as long at most.
SWAPS_A_SECOND_MIN = 0.8
LENGTHENED_MAX = 3


def forward_auth(client, cell):
    names = ("X-Proviso-Subscription", "X-Proviso-Service", "X-Proviso-Region", "X-Original-Method")
    words = (*cell[:3], METHODS[cell[3]])
    seen = client.ask("GET", "/authz/forward", list(zip(names, words, strict=True)))
    return seen, {200: True, 403: False}.get(seen.status)


def envoy(client, cell):
    subscription, service, _, operation = cell
    target = f"/authz/envoy/{service}/{subscription}/x?a=b"
    seen = client.ask(METHODS[operation], target, [("Content-Length", "0")])
    return seen, {200: True, 403: False}.get(seen.status)


def opa(client, cell):
    subscription, service, region, operation = cell
    body = json.dumps({"input": {"who": subscription, "does": operation}}).encode()
    target = f"/v1/data/proviso/{urllib.parse.quote(service)}/{region}/allow"
    seen = client.ask("POST", target, [JSON], body)
    return seen, json.loads(seen.body).get("result") if seen.status == 200 else None


def authzen(client, cell):
    subscription, service, region, operation = cell
    question = {
        "subject": {"type": "subscription", "id": subscription},
        "resource": {"type": "service", "id": service, "properties": {"region": region}},
        "action": {"name": operation},
    }
    seen = client.ask("POST", "/access/v1/evaluation", [JSON], json.dumps(question).encode())
    return seen, json.loads(seen.body).get("decision") if seen.status == 200 else None


def restriction_in(seen):
    """What an answer says it is denied by: in a header, or in what AuthZEN calls a context."""
    named = seen.headers.get("X-Proviso-Restriction")
    if named is None and seen.body:
        named = json.loads(seen.body).get("context", {}).get("restriction")
    return named


PROTOCOLS = (forward_auth, envoy, opa, authzen)


class Asker(threading.Thread):
    """One connection, which asks until it is told to stop, and keeps what it was told."""

    def __init__(self, protocol, port, cells, seed):
        super().__init__()
        self.protocol = protocol
        self.port = port
        self.cells = cells
        self.order = random.Random(seed)
        self.stopped = threading.Event()
        self.told = {}  # (cell, table, allowed, restriction) -> how often
        self.faults = []

    def run(self):
        client = Client(self.port)
        newest = 0
        while not self.stopped.is_set():
            cell = self.order.choice(self.cells)
            try:
                seen, allowed = self.protocol(client, cell)
            except (OSError, ValueError) as error:
                self.faults.append(f"{cell}: {error!r}")
                continue
            table = int(seen.table) if seen.table else None
            if table is None or allowed is None:
                self.faults.append(f"{cell}: no verdict or no table: {seen}")
                continue
            if table < newest:
                self.faults.append(f"{cell}: table {table} after {newest}")
            newest = max(newest, table)
            key = (cell, table, allowed, restriction_in(seen))
            self.told[key] = self.told.get(key, 0) + 1
        client.close()


def soak(world, point, seconds, checks):
    cells = [
        (subscription, service, worlds.REGION, operation)
        for subscription in [*worlds.RESTRICTED, *worlds.FREE]
        for service in (worlds.STORE, worlds.SPEECH, worlds.KEPT)
        for operation in OPERATIONS
    ]
    pid = point.process.pid
    askers = [
        Asker(protocol, port, cells, seed)
        for seed, (protocol, port) in enumerate(zip(PROTOCOLS, point.ports, strict=True))
    ]
    for asker in askers:
        asker.start()
    begun, memory, files = time.monotonic(), [], []
    wanted = int(seconds * SWAPS_A_SECOND_MIN)

    def goes_on():
        passed = time.monotonic() - begun
        return passed < seconds or (len(files) < wanted and passed < seconds * LENGTHENED_MAX)

    while goes_on():
        swapped = time.monotonic()
        world.swap()
        memory.append(processes.resident_kib(pid))
        files.append(processes.descriptors(pid))
        time.sleep(max(0.0, 1 - (time.monotonic() - swapped)))
    for asker in askers:
        asker.stopped.set()
    for asker in askers:
        asker.join()
    took = time.monotonic() - begun
    print(f"{len(files)} new tables in {took:.1f} s", flush=True)
    checks.check(len(files) >= wanted, f"{len(files)} new tables in {took:.1f} s, not {wanted}")
    judge(world, askers, checks)
    judge_resources(memory, files, checks)


def judge(world, askers, checks):
    for asker in askers:
        name = asker.protocol.__name__
        wrong = [
            (cell, table, allowed, named)
            for cell, table, allowed, named in asker.told
            if (world.denies(cell, table), world.denied_by(cell, table)) != (not allowed, named)
        ]
        count = sum(asker.told.values())
        tables = {table for _, table, _, _ in asker.told}
        print(f"{name}: {count} answers of {len(tables)} tables", flush=True)
        checks.check(not wrong, f"{name}: {len(wrong)} wrong: {wrong[:3]}")
        checks.check(not asker.faults, f"{name}: {len(asker.faults)}: {asker.faults[:3]}")
        checks.check(count > 1000, f"{name}: only {count} answers")
        checks.check(len(tables) > len(world.tables) // 2, f"{name}: only tables {sorted(tables)}")


def judge_resources(memory, files, checks):
    """Flat: the last third against the second one; the first is for warming up."""
    third = len(memory) // 3
    before, after = max(memory[third : 2 * third]), max(memory[2 * third :])
    print(f"memory {memory[0]} KiB at first, {before} then, {after} at last", flush=True)
    checks.check(after - before <= GROWTH_KIB_MAX, f"memory grows: {memory}")
    print(f"descriptors {files[0]} at first, {files[-1]} at last", flush=True)
    # One or two for the command that is being answered.
    checks.check(max(files[2 * third :]) <= max(files[:third]) + 2, f"descriptors leak: {files}")


checks = Checks()
provider = Provider(*sys.argv[1:4])
world = worlds.World(provider)
point = Point(provider, LISTENERS, with_verdicts=False)
point.start()
world.begin()
soak(world, point, int(os.environ.get("PROVISO_SOAK_SECONDS", "20")), checks)
checks.end()
