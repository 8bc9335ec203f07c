"""A server whose log has stopped says so once, at that moment, in its journal and its figures; acts
are told whether they may have been stored, or certainly were not; gateways are answered as before.
"""

import json
import threading
import urllib.request

import case
import metrics_document
from provider import Checks, arguments, wait_until

provider = arguments()
checks = Checks()
provider.run("init")
provider.import_examples()
provider.make_people()
CASE, _ = case.open_case(provider)
NOT_STORED = "this was not stored, and nothing was changed"
DOUBT = "this may have been stored"
LISTENING = ["--metrics", "127.0.0.1:0"]
made = 0


class Server:
    """A server, and what it says on standard error."""

    def __init__(self, *more):
        self.ports = provider.serve(more=[*LISTENING, *more])
        self.said = []
        self.reader = threading.Thread(target=self.read, args=[provider.server.stderr], daemon=True)
        self.reader.start()

    def read(self, pipe):
        for line in pipe:
            self.said.append(line.decode())

    def end(self):
        """The exit code."""
        provider.server.terminate()
        code = provider.server.wait(20)
        self.reader.join(20)
        provider.stop()
        return code

    def stopped(self):
        """The figure, as the document has it."""
        text = metrics_document.scrape(self.ports["metrics_port"])[1]
        families = metrics_document.parse(text)
        return metrics_document.value(families, "proviso_log_stopped")

    def is_ready(self):
        address = f"http://127.0.0.1:{self.ports['ports'][0]}/readyz"
        with urllib.request.urlopen(address, timeout=10) as response:
            return response.status == 200

    def told(self, event):
        """The JSON lines of `event`."""
        lines = [line for line in list(self.said) if line.startswith("{")]
        return [line for line in map(json.loads, lines) if line["event"] == event]


def act(expect=0):
    global made
    made += 1
    words = ["--case", CASE, "--audience", "public", "--due", f"2027-01-{made:02}"]
    return provider.run("update", "schedule", *words, key="lea", expect=expect)


def size():
    return int(provider.run("log", "checkpoint")["size"])


# The tiles cannot be written: what the database has by then may not be published.
server = Server("--log", "json")
checks.check(server.stopped() == 0, "a log that takes acts")
act()
before = size()
tiles = provider.data / "log" / "tile"
away = tiles.with_name("tile-away")
tiles.rename(away)
tiles.write_text("no folder")
doubtful = act(expect=3)
checks.refused("within the commit", doubtful, DOUBT, "case show", "log show", str(provider.data))
checks.check(NOT_STORED not in doubtful, f"it does not say both: {doubtful}")
for _ in range(2):
    refused = act(expect=3)
    checks.refused("after it", refused, NOT_STORED, "mend the cause")
    checks.check(DOUBT not in refused, f"it does not say both: {refused}")
checks.check(wait_until(lambda: server.told("log-stopped"), 5), f"it is told: {server.said}")
checks.check(wait_until(lambda: server.stopped() == 1, 5), "the figure has it")
checks.check(server.is_ready(), "gateways are answered")
checks.check(size() == before, "reading goes on")
line = server.told("log-stopped")[0]
checks.check(line["level"] == "alarm", f"an alarm: {line}")
right = str(tiles) in line["reason"] and "goes on by itself" in line["remedy"]
checks.check(right, f"why and what: {line}")
checks.check(all(line[key] in line["message"] for key in ("reason", "remedy")), f"text: {line}")
tiles.unlink()
away.rename(tiles)
checks.check(wait_until(lambda: server.stopped() == 0), f"it goes on by itself: {server.said}")
checks.check(size() == before + 1, "what may have been stored was; what was not was not")
act()
checks.check(size() == before + 2, "acts are stored again")
checks.check(server.end() == 0, "it ends well")
levels = [line["level"] for line in server.told("log-stopped")]
right = levels in (["alarm"], ["alarm", "warning"])
checks.check(right, f"told once, and once that it failed again: {server.said}")
checks.check(provider.run("log", "verify")["ok"], "the log verifies")

# The database is removed under a running server: acts would be written to a file without a name.
server = Server()
act()
kept = provider.work / "kept"
kept.mkdir()
for path in provider.data.glob("proviso.db*"):
    path.rename(kept / path.name)
for _ in range(2):
    refused = act(expect=3)
    checks.refused("without a database", refused, NOT_STORED, "removed", "backup")
checks.check(
    wait_until(lambda: any("ALARM: the log has stopped" in line for line in server.said), 5),
    f"it is told: {server.said}",
)
checks.check(wait_until(lambda: server.stopped() == 1, 5), "the figure has it")
checks.check(server.is_ready(), "gateways are answered")
server.end()
checks.check(
    sum("ALARM" in line for line in server.said) == 1, f"one line, and no other: {server.said}"
)
for path in kept.iterdir():
    path.rename(provider.data / path.name)
checks.check(provider.run("log", "verify")["ok"], "put back, the log verifies")
act()
checks.end()
