"""A full disk and a read-only folder under `report add` and `records import`, with and without a
server: a clear error, nothing half done, and all of it works again afterwards. A server whose log
stopped goes on by itself once there is room, and answers gateways all the while.

The disk is a small tmpfs, which only root may mount; without it this test is skipped.
"""

import atexit
import hashlib
import http.client
import os
import pathlib
import re
import shutil
import tempfile
import threading
import time

import case
import metrics_document
from provider import Checks, SmallDisk, arguments, wait_until
from story_strikes import ARTICLE, CONTRACTS, UNTIL

MEBIBYTE = 1 << 20
FREE = [0, 8, 24, 32, 48]  # KiB: the disk is full at another place each time
FULL = r"No space left on device|disk is full"
READ_ONLY = r"Read-only file system|read-only|readonly"
NOT_STORED = "this was not stored, and nothing was changed"
DOUBT = "this may have been stored"

provider = arguments()
checks = Checks()
mounted = []
went_on = []  # where the log of a server stopped, and went on
doubts = []  # whether what may have been stored was
made = 0


def unmount(keep=False):
    provider.stop()
    for disk in reversed(mounted):
        kept = pathlib.Path(tempfile.mkdtemp(dir=provider.work)) / "kept"
        if keep:
            shutil.copytree(disk.folder, kept)
        disk.unmount()
        if keep:
            shutil.copytree(kept, disk.folder, dirs_exist_ok=True)
    mounted.clear()


def mount(folder, size):
    """A small disk that holds what was in `folder`."""
    mounted.append(SmallDisk(folder, size))
    return mounted[-1]


def report_add():
    global made
    made += 1
    path = provider.write(f"article-{made}.txt", ARTICLE.format(n=made) * 3)
    return ["report", "add", path], "anna", hashlib.sha256(path.read_bytes()).hexdigest()


def records_import():
    global made
    made += 1
    path = provider.write(f"contracts-{made}.csv", CONTRACTS.format(n=made))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return ["records", "import", "legal", path], "adam", sha256


def known():
    """Hashes of the reports and registers that the log has."""
    sources = provider.run("records", "list")["sources"]
    return {report["sha256"] for report in provider.run("report", "list")["reports"]} | {
        item["sha256"] for source in sources for item in source["imports"]
    }


def run(command):
    """Exit code and error text."""
    args, key, _ = command
    process = provider.start(*args, "--json", key=key)
    err = process.communicate()[1].decode()
    return process.returncode, err


class Gateway(threading.Thread):
    """Asks the server on and on; each answer must come, and be right."""

    def __init__(self):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", provider.ports["ports"][0], timeout=10
        )
        self.answers = 0
        self.wrong = []
        self.over = threading.Event()
        self.start()

    def run(self):
        names = ("X-Proviso-Subscription", "X-Proviso-Service", "X-Proviso-Region")
        cell = dict(
            zip(names, ("sub-elsewhere", "blob-store", "nl-1")), **{"X-Original-Method": "GET"}
        )
        while not self.over.wait(0.005):
            try:
                self.connection.request("GET", "/authz/forward", headers=cell)
                response = self.connection.getresponse()
                response.read()
            except OSError as error:
                self.wrong.append(repr(error))
                return
            self.answers += 1
            if response.status != 200:
                self.wrong.append(response.status)

    def finish(self, what):
        self.over.set()
        self.join(20)
        right = self.answers > 0 and not self.wrong
        checks.check(right, f"{what}: a gateway got {self.answers} answers, {self.wrong[:3]}")


def is_stopped():
    text = metrics_document.scrape(provider.ports["metrics_port"])[1]
    return metrics_document.value(metrics_document.parse(text), "proviso_log_stopped") == 1


def attempt(what, command, said):
    """On the disk as it is: True when it is done, None when it may be, False when nothing is."""
    code, err = run(command)
    if code == 0:
        return True
    checks.check(code in (1, 3), f"{what}: exit {code}: {err}")
    checks.check(re.search(said, err), f"{what}: expected `{said}` in: {err.strip()}")
    checks.check(str(provider.data) in err, f"{what}: no path in: {err.strip()}")
    checks.check(DOUBT not in err or NOT_STORED not in err, f"{what}: both: {err.strip()}")
    return None if DOUBT in err else False


def recovered(what, command, done):
    """With room again: what was done is there, and what failed can be done."""
    sha256 = command[2]
    is_known = sha256 in known()
    checks.check(is_known or done is not True, f"{what}: acknowledged and lost")
    checks.check(not is_known or done is not False, f"{what}: refused, and there")
    if done is None:
        doubts.append(is_known)
    if is_known:
        return
    code, err = run(command)
    checks.check(code == 0 and sha256 in known(), f"{what}: cannot be done again: {err.strip()}")
    checks.check(provider.run("log", "verify")["ok"], f"{what}: the log does not verify")


def trial(what, disk, kind, obstacle, said, servers=(False, True)):
    """`obstacle` stands in the way of two commands and answers how it is removed."""
    for with_server in servers:
        place = f"{what}{', server' if with_server else ''}"
        if with_server:
            provider.serve(more=["--metrics", "127.0.0.1:0"])
            gateway = Gateway()
        remove = obstacle(disk)
        commands = [kind(), kind()]
        done = [attempt(place, command, said) for command in commands]
        if with_server and None in done:
            checks.check(wait_until(is_stopped), f"{place}: no figure says that the log stopped")
        remove()
        if with_server and None in done:
            went_on.append(place)
            checks.check(wait_until(lambda: not is_stopped()), f"{place}: the log does not go on")
        for command, was_done in zip(commands, done):
            recovered(place, command, was_done)
        if with_server:
            gateway.finish(place)
        provider.stop()
        for command in commands:
            checks.check(command[2] in known(), f"{place}: lost when the server was gone")
        outcomes[what] = outcomes.get(what, []) + [bool(was_done) for was_done in done]


def hindered(disk):
    """A full disk that the database itself meets: each act is refused and may be tried again; the
    journal has a line when that begins, and one when it is over."""
    schedule = ["update", "schedule", "--case", CASE, "--audience", "public", "--due", UNTIL]
    act = (schedule, "lea", None)
    provider.serve()
    remove = full(0)(disk)
    refused = []
    wait_until(lambda: refused.append(run(act)) or refused[-1][0] != 0)
    refused.append(run(act))
    for code, err in refused[-2:]:
        right = code in (1, 3) and NOT_STORED in err and DOUBT not in err
        checks.check(right and re.search(FULL, err), f"a full database: exit {code}: {err}")
    time.sleep(0.5)  # the journal is written a moment later
    remove()
    checks.check(run(act)[0] == 0, "with room, the next act is stored")
    time.sleep(0.5)
    server, provider.server = provider.server, None
    server.terminate()
    said = server.communicate(timeout=20)[1].decode().splitlines()
    places = [
        [i for i, line in enumerate(said) if text in line]
        for text in ("acts are refused", "acts are stored again")
    ]
    right = [len(place) for place in places] == [1, 1] and places[0] < places[1]
    checks.check(right, f"a line at the beginning and one at the end: {said}")
    checks.check(server.returncode == 0, f"it ends well: {server.returncode}")


def full(free):
    def obstacle(disk):
        return disk.fill(free).unlink

    return obstacle


def read_only(disk):
    disk.remount("ro")
    return lambda: disk.remount("rw")


provider.run("init")
provider.import_examples()
provider.make_people()
CASE, _ = case.open_case(provider)
words = ["--class", "contract", "--owner", "Example Legal", "--purpose", "what is in force"]
provider.run("records", "register", "legal", *words, key="adam")
outcomes = {}
atexit.register(unmount)
for name, kind in (("reports", report_add), ("records", records_import)):
    folder = provider.data / name
    disk = mount(folder, MEBIBYTE)
    trial(f"{name}/ full", disk, kind, full(0), FULL)
    trial(f"{name}/ read-only", disk, kind, read_only, READ_ONLY)
unmount(keep=True)
disk = mount(provider.data, 32 * MEBIBYTE)
for kind in (report_add, records_import):
    for free in FREE:
        trial(f"{kind.__name__}, {free} KiB of the disk free", disk, kind, full(free), FULL)
    # No disk becomes read-only while a server has its files open to write.
    trial(f"{kind.__name__}, disk read-only", disk, kind, read_only, READ_ONLY, (False,))

hindered(disk)

# Whatever happened to the disk: each report of the log has its original.
copy = provider.work / "original"
listed = provider.run("report", "list")["reports"]
for report in listed:
    id_ = report["id"]
    provider.run("report", "join", id_, "--case", CASE, key="anna")
    words = ["--case", CASE, "--purpose", "audit", "--original", copy]
    copy.unlink(missing_ok=True)
    code, err = run((["report", "show", id_, *words], "anna", None))
    right = code == 0 and hashlib.sha256(copy.read_bytes()).hexdigest() == report["sha256"]
    checks.check(right, f"the original of {id_} ({report['title']}) is lost: {err.strip()}")
for what, done in outcomes.items():
    print(f"{what}: {sum(done)} of {len(done)} done all the same")
print(f"the log stopped and went on: {went_on}; of what was in doubt, stored: {doubts}")
checks.check(went_on, "no log of a server stopped")
print(f"{len(listed)} originals have their hash")
checks.check(not all(all(done) for done in outcomes.values()), "the disk was never full")
checks.end()
