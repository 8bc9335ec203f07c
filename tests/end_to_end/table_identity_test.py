"""Tables of other logs, garbage and second servers in the folder that decision points read."""

import ctypes
import os
import shutil
import signal
import stat
import struct

import case
import metrics_document
from decision_point import Point
from provider import Checks, Provider, arguments, wait_until

RESTRICTED = (case.SUBSCRIPTIONS[0], "blob-store", "nl-1", "PUT")
NUMBER_AT = 24

provider = arguments()
checks = Checks()
provider.run("init")
provider.import_examples()
provider.make_people()
CASE, FINDING = case.open_case(provider)
decision = case.propose(provider, CASE, case.decision_text([FINDING]))
case.plan_and_sign(provider, decision)
case.adopt(provider, decision)
TABLE = provider.run("log", "rebuild")["table"]
other = Provider(provider.binary, provider.source, provider.work / "elsewhere")
other.run("init")
other.run("import", "catalogue", provider.source / "examples" / "catalogue.yaml")
os.chdir(provider.work)
share = provider.work / "share"
current = share / "current"
running = []
SERVING = ["--metrics", "127.0.0.1:0", "--log", "json"]


class Halves(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


def xxh3_128(data):
    """As the end of a table has it."""
    library = ctypes.CDLL("libxxhash.so.0")
    library.XXH3_128bits.restype = Halves
    library.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    halves = library.XXH3_128bits(data, len(data))
    return struct.pack("<QQ", halves.low, halves.high)


def foreign(number):
    """The table of the other directory, under another number; a whole and good one."""
    table = (other.data / "table" / "current").read_bytes()[:-16]
    table = table[:NUMBER_AT] + struct.pack("<Q", number) + table[NUMBER_AT + 8 :]
    return table + xxh3_128(table)


def place(content):
    new = share / "new"
    new.write_bytes(content)
    os.replace(new, current)


def point(*args):
    started = Point(provider, current, "--log", "json", "--metrics", "127.0.0.1:0", *args)
    running.append(started)
    return started


def figure(port, name):
    return metrics_document.value(metrics_document.parse(metrics_document.scrape(port)[1]), name)


def alarm(asked):
    return figure(asked.ready["metrics_port"], "proviso_table_alarm")


def verdict(asked):
    status, headers = asked.ask(*RESTRICTED)
    return status, headers.get("X-Proviso-Table")


def restorations(ports):
    return figure(ports["metrics_port"], "proviso_table_restored_total")


DENIED = (403, str(TABLE))


def serve():
    return provider.serve(table_to=share, more=SERVING)


def the_heartbeat_names_the_table():
    ports = serve()
    checks.check(stat.S_IMODE(share.stat().st_mode) == 0o750, "serve makes the folder, 0750")
    wait_until(lambda: (share / "alive").exists(), 10)
    words = (share / "alive").read_text().split()
    checks.check(
        words[0:2] == ["table", str(TABLE)]
        and words[4:6] == ["sum", current.read_bytes()[-16:-8].hex()],
        f"the heartbeat has number and checksum: {words}",
    )
    asked = point("--state", provider.work / "state")
    checks.check(wait_until(lambda: verdict(asked) == DENIED, 10), f"denied: {verdict(asked)}")
    mode = stat.S_IMODE((provider.work / "state").stat().st_mode)
    checks.check(mode == 0o700, f"point makes its folder, for itself alone: {mode:o}")
    return ports, asked


def what_others_write_is_put_right(ports, asked):
    good = current.read_bytes()
    restored = 0
    for name, content in [
        ("garbage", b"garbage"),
        ("another log's table with the same number", foreign(TABLE)),
        ("another log's table with a higher number", foreign(TABLE + 60)),
    ]:
        place(content)
        checks.check(
            wait_until(lambda: current.read_bytes() == good, 3), f"{name}: is put back at once"
        )
        restored += 1
        checks.check(
            wait_until(lambda: restorations(ports) == restored, 3),
            f"{name}: is counted",
        )
        checks.check(wait_until(lambda: alarm(asked) == 0, 3), f"{name}: and all is well again")
        checks.check(verdict(asked) == DENIED, f"{name}: is never served")
    (provider.data / "table" / "current").write_bytes(b"garbage")
    checks.check(
        wait_until(lambda: (provider.data / "table" / "current").read_bytes() == good, 3),
        "the directory's own table is put back, too",
    )


def stays(asked):
    told = alarm(asked), verdict(asked)
    checks.check(told == (1, DENIED), f"the last good table stays: {told}, {asked.said[-3:]}")


def a_hanging_server(asked):
    """Nobody puts anything back, and the heartbeat rests."""
    good = current.read_bytes()
    os.kill(provider.server.pid, signal.SIGSTOP)
    place(foreign(TABLE))
    checks.check(
        wait_until(lambda: asked.has_said("of another log", "other-table"), 5),
        f"the same number and another checksum is refused: {asked.said[-2:]}",
    )
    stays(asked)
    place(foreign(TABLE + 60))
    checks.check(
        wait_until(lambda: asked.has_said("names table", "not-named"), 5),
        f"a higher number that nobody named is refused: {asked.said[-2:]}",
    )
    stays(asked)
    asked.end(kill=True)
    place(foreign(TABLE))
    again = point("--state", provider.work / "state")
    checks.check((alarm(again), verdict(again)) == (1, DENIED), "begun again, from its own copy")
    place(good)
    os.kill(provider.server.pid, signal.SIGCONT)
    checks.check(wait_until(lambda: alarm(again) == 0, 5), "and all is well again")
    again.end()


def a_fresh_point_behind():
    """Of an old table, whose maker speaks of a newer one."""
    behind = provider.work / "behind"
    behind.mkdir()
    (behind / "current").write_bytes(foreign(1))
    shutil.copy(share / "alive", behind / "alive")
    asked = Point(provider, behind / "current", "--log", "json", "--metrics", "127.0.0.1:0")
    running.append(asked)
    checks.check(
        wait_until(lambda: alarm(asked) == 1, 5), "a point that is behind raises the alarm"
    )
    checks.check(
        asked.has_said(f"names table {TABLE}", "put the newest there"), f"and why: {asked.said}"
    )


def one_server_a_folder():
    said = other.run("serve", "--listen", "127.0.0.1:0", "--table-to", share, expect=3)
    checks.check(
        "another server writes" in said and "a folder of its own" in said,
        f"a second server: {said}",
    )
    folder = provider.data / "table"
    said = other.run("serve", "--listen", "127.0.0.1:0", "--table-to", folder, expect=1)
    checks.check("lies in a data directory" in said, f"another directory's own folder: {said}")


def places_that_cannot_be():
    (other.work / "file").write_text("")
    listening = ["--listen", "127.0.0.1:0"]
    for command in (
        ["serve", *listening, "--table-to"],
        ["point", *listening, "--table", current, "--state"],
    ):
        for where, words, code in [
            ("", "leave the option out", 2),
            ("nope/x", "cannot make the folder `nope/x`: No such file", 1),
            ("file", "expected a folder at `file`, found a file", 1),
            ("/proc/self", "cannot write in the folder", 1),
        ]:
            said = other.run(*command, where, expect=code)
            checks.check(words in said, f"{command[0]} {command[-1]} {where!r}: {said}")
    said = other.run("point", *listening, "--table", "", expect=2)
    checks.check("--table" in said and "found none" in said, f"point --table '': {said}")


try:
    ports, asked = the_heartbeat_names_the_table()
    what_others_write_is_put_right(ports, asked)
    a_hanging_server(asked)
    a_fresh_point_behind()
    one_server_a_folder()
    places_that_cannot_be()
finally:
    for one in running:
        one.end(kill=True)
    provider.stop()
checks.end()
