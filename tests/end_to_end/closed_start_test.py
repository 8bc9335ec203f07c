"""A server that starts while its log cannot be opened: gateways are answered from the last table,
acts are refused with the reason, and it goes on by itself when that is mended. A log that was put
back is none to go on with.

The disk is a small tmpfs, which only root may mount; without it this test is skipped.
"""

import atexit
import json
import shutil
import threading
import urllib.error
import urllib.request

import metrics_document
from provider import Checks, SmallDisk, arguments, wait_until

MEBIBYTE = 1 << 20
PATIENCE = 30  # seconds until it goes on: it tries after 1, 2, 4, 8 ... seconds
provider = arguments()
checks = Checks()
disk = SmallDisk(provider.work / "disk", 16 * MEBIBYTE)
atexit.register(provider.stop)
provider.data = disk.folder / "data"
provider.run("init", "--log-key", provider.work / "log.key")
provider.import_examples()
provider.make_people()
provider.run("case", "open", "--title", "Example report", key="anna")
TABLE = provider.data / "table" / "current"
opened = 0


class Server:
    """A server, and what its journal says, line by line."""

    def __init__(self):
        self.ports = provider.serve(more=["--metrics", "127.0.0.1:0", "--log", "json"])
        self.said = []
        pipe = provider.server.stderr
        self.reader = threading.Thread(target=self.read, args=[pipe], daemon=True)
        self.reader.start()

    def read(self, pipe):
        for line in pipe:
            if line.startswith(b"{"):  # not its last word
                self.said.append(json.loads(line))

    def told(self, event):
        return [line for line in list(self.said) if line["event"] == event]

    def ask(self, path="/authz/forward"):
        names = ("X-Proviso-Subscription", "X-Proviso-Service", "X-Proviso-Region")
        cell = dict(zip(names, ("sub-elsewhere", "blob-store", "nl-1")))
        cell["X-Original-Method"] = "GET"
        address = f"http://127.0.0.1:{self.ports['ports'][0]}{path}"
        request = urllib.request.Request(address, headers=cell)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code

    def stopped(self):
        text = metrics_document.scrape(self.ports["metrics_port"])[1]
        return metrics_document.value(metrics_document.parse(text), "proviso_log_stopped")

    def end(self):
        """The exit code."""
        provider.server.terminate()
        code = provider.server.wait(20)
        self.reader.join(20)
        provider.stop()
        return code


def act():
    """A person's act: exit code and error text."""
    global opened
    opened += 1
    words = ["case", "open", "--title", f"Example {opened}", "--json"]
    process = provider.start(*words, key="anna")
    error = process.communicate()[1].decode()
    return process.returncode, error


def goes_on(what, obstacle, said, answer=200, refusal=3):
    """`obstacle` stands in the way of the start, and answers how it is removed."""
    number = provider.run("log", "checkpoint")["size"]
    remove = obstacle()
    server = Server()
    first = server.said[0] if wait_until(lambda: server.said, 5) else {}
    checks.check(first.get("event") == "log-stopped", f"{what}: the first line: {server.said}")
    checks.check(first.get("level") == "alarm", f"{what}: an alarm: {first}")
    checks.check(said in first.get("reason", ""), f"{what}: why: {first}")
    checks.check("goes on by itself" in first.get("remedy", ""), f"{what}: what to do: {first}")
    ready = server.told("ready")
    checks.check(
        wait_until(lambda: server.told("ready"), 5)
        and "stores no act" in server.told("ready")[0]["message"],
        f"{what}: what it is ready for: {ready}",
    )
    checks.check(server.stopped() == 1, f"{what}: the figure")
    for _ in range(3):
        checks.check(server.ask() == answer, f"{what}: a gateway: {server.ask()}")
    is_ready = 200 if answer == 200 else 503
    checks.check(server.ask("/readyz") == is_ready, f"{what}: readyz: {server.ask('/readyz')}")
    code, error = act()
    checks.check(code == refusal and said in error, f"{what}: an act: {code} {error}")
    remove()
    checks.check(
        wait_until(lambda: server.stopped() == 0, PATIENCE), f"{what}: goes on: {server.said}"
    )
    wait_until(lambda: server.told("log"), 5)
    over = [line["message"] for line in server.told("log")]
    checks.check(over == ["the log is open, and acts are stored again"], f"{what}: over: {over}")
    checks.check(len(server.told("log-stopped")) == 1, f"{what}: told once: {server.said}")
    checks.check(server.ask() == 200, f"{what}: gateways, after it")
    checks.check(server.ask("/readyz") == 200, f"{what}: ready, after it")
    code, error = act()
    checks.check(code == 0, f"{what}: an act is done, after it: {error}")
    size = provider.run("log", "checkpoint")["size"]
    checks.check(int(size) == int(number) + 1, f"{what}: one entry more than {number}: {size}")
    checks.check(provider.run("log", "verify")["ok"], f"{what}: the log verifies")
    code = server.end()
    checks.check(code == 0, f"{what}: it ends well: {code}")


def full():
    return disk.fill().unlink


def read_only():
    disk.remount("ro")
    return lambda: disk.remount("rw")


def no_folder():
    """What the log says of registers cannot be held against their folder."""
    place = provider.data / "records"
    away = place.rename(disk.folder / "away")
    place.write_text("no folder")

    def remove():
        place.unlink()
        away.rename(place)

    return remove


def no_table():
    """Nothing to answer from: listeners deny, as those of `proviso point`."""
    TABLE.unlink()
    return no_folder()


def differing(name):
    """One byte of a published file differs from the database, whose root the checkpoint has."""

    def obstacle():
        path = provider.data / "log" / name
        whole = path.read_bytes()
        # Hashes are new in each run: any byte may be there already.
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:] if whole else b"X")

        def remove():
            if not whole:
                path.unlink()
            provider.run("log", "rebuild")

        return remove

    return obstacle


goes_on("a full disk", full, "free some space")
goes_on("the marker", differing("addenda.v1"), "addenda.v1")
goes_on("a read-only disk", read_only, "mount it for writing again")
goes_on("a file beside the log", no_folder, "records", refusal=1)
goes_on("no table yet", no_table, "records", answer=403, refusal=1)

# A table that is not whole is none, and that is told.
remove = no_folder()
whole = TABLE.read_bytes()
TABLE.write_bytes(whole[:40] + b"X" + whole[41:])
server = Server()
checks.check(server.ask() == 403 and server.ask("/readyz") == 503, "a damaged table is no table")
told = [line["message"] for line in server.told("server")]
checks.check(any("decision table" in line for line in told), f"a damaged table is told: {told}")
TABLE.write_bytes(whole)
checks.check(
    wait_until(lambda: server.ask("/readyz") == 200, 5), "a table that is put back is served"
)
remove()
checks.check(wait_until(lambda: server.stopped() == 0, PATIENCE), "and it goes on")
server.end()

# What an older copy of the log says is not what others hold: there is no start with it, and one
# that waits ends when it finds it.
older = provider.work / "older.db"
shutil.copy(provider.data / "proviso.db", older)
newer = provider.work / "newer.db"
checks.check(act()[0] == 0, "one entry more")
shutil.copy(provider.data / "proviso.db", newer)
shutil.copy(older, provider.data / "proviso.db")
error = provider.run("serve", "--listen", "127.0.0.1:0", expect=3)
checks.refused("a log put back", error, "older database", f"proviso point --table {TABLE}")

# Also where a published file differs: it is damage beside the log only where the checkpoint agrees.
remove = differing("addenda.v1")()
error = provider.run("serve", "--listen", "127.0.0.1:0", expect=3)
checks.refused("put back, and a marker", error, "older database", "restore BACKUP", "--published")
shutil.copy(newer, provider.data / "proviso.db")
away = (provider.data / "log" / "checkpoint").rename(disk.folder / "checkpoint")
error = provider.run("serve", "--listen", "127.0.0.1:0", expect=3)
checks.refused("a marker, and no checkpoint", error, "addenda.v1", "log rebuild")
away.rename(provider.data / "log" / "checkpoint")
remove()
remove = no_folder()
server = Server()
checks.check(server.ask() == 200, "a server that waits")
shutil.copy(older, provider.data / "proviso.db")
checks.check(provider.server.wait(PATIENCE) == 3, "ends when the log was put back meanwhile")
server.reader.join(20)
alarms = [line["message"] for line in server.told("server") if line["level"] == "alarm"]
checks.check(len(alarms) == 1 and "older database" in alarms[0], f"and says so: {server.said}")
provider.stop()
remove()
shutil.copy(newer, provider.data / "proviso.db")
checks.check(provider.run("log", "verify")["ok"], "the newer copy is put back")

# Neither is there one without its key, or with another one.
key = provider.work / "log.key"
away = key.rename(provider.work / "away.key")
error = provider.run("serve", "--listen", "127.0.0.1:0", expect=1)
checks.refused("no key", error, "log key", f"proviso point --table {TABLE}")
away.rename(key)
checks.check(bool(provider.serve()), "with its key, it starts")
provider.stop()
checks.end()
