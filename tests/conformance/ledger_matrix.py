"""Which verifier sees which damage? Reads the table in docs/formats/verification.md and shows it.

ledger_matrix.py BINARY SOURCE WORK, with the other tools in the environment: TLOGCHECK,
NPM_MODULES, FSCK (empty: that column is skipped). Started by ledger_matrix.sh.
"""

import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(sys.argv[2]) / "tests" / "end_to_end"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import case as cases  # noqa: E402
import ledger_forger as forger  # noqa: E402
from provider import Provider  # noqa: E402

BINARY, SOURCE, WORK = (pathlib.Path(each).resolve() for each in sys.argv[1:4])
TITLE = "## Which tool sees which damage"
TOOLS = ["proviso log verify", "the same by URL", "Go x/mod", "npm rfc9162", "Tessera fsck"]
ENTRIES_MIN = 256 + 44  # a full tile of each kind, a partial one, and a level above


def expected_table():
    """{damage: {tool: "accepts" | "sees" | "cannot see"}} as the document has it."""
    text = (SOURCE / "docs/formats/verification.md").read_text()
    section = text.split(TITLE + "\n", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|") and not line.startswith("|---")
    ]
    if rows[0] != ["damage", *TOOLS]:
        sys.exit(f"verification.md: expected the columns {TOOLS}, found {rows[0]}")
    reasons = set(re.findall(r"(?m)^(\d+)\. ", section))
    table = {}
    for damage, *cells in rows[1:]:
        table[damage] = {}
        for tool, cell in zip(TOOLS, cells):
            match = re.fullmatch(r"(sees|accepts|cannot see) ?(\d+)?", cell)
            if not match or (match[1] == "cannot see") != (match[2] is not None):
                sys.exit(f"verification.md: {damage}, {tool}: `{cell}`")
            if match[2] and match[2] not in reasons:
                sys.exit(f"verification.md: {damage}, {tool}: there is no reason {match[2]}")
            table[damage][tool] = match[1]
    return table


class World:
    """A real log: two rosters, two adopted decisions, more than a full tile."""

    def __init__(self):
        self.provider = Provider(BINARY, SOURCE, WORK)
        provider = self.provider
        self.vkey = provider.run("init", "--origin", "log.example.com/matrix")["vkey"]
        provider.make_people()
        provider.import_examples(key="adam")
        case, finding = cases.open_case(provider)
        decision = cases.propose(provider, case, cases.decision_text([finding]))
        cases.plan_and_sign(provider, decision)
        cases.adopt(provider, decision)
        people = dict(PEOPLE_AFTER)
        provider.make_people(people)
        cases.lift(provider, decision)
        self.fill(ENTRIES_MIN)
        self.pin = provider.run("log", "show", "--limit", "3")["entries"][1]["data"]["hash"]
        key = json.loads((provider.work / "data.keys" / "log.key").read_text())
        self.key = forger.Key.from_base64(key["seed"])
        self.log = provider.data / "log"
        self.seen = WORK / "seen.checkpoint"
        report = provider.run("log", "verify", "--seen", self.seen)
        if report["decisions_checked"] != 2 or report["roster_version"] != 2:
            sys.exit(f"the log is not the one that was to be made: {report}")

    def fill(self, size):
        """Through a server, which reads the log once, and several at a time."""
        catalogue = SOURCE / "examples" / "catalogue.yaml"
        missing = size - self.provider.run("log", "checkpoint")["size"]
        self.provider.serve()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for _ in range(missing):
                pool.submit(self.provider.run, "import", "catalogue", catalogue, key="adam")
        self.provider.stop()

    def entries(self):
        return forger.read_entries(self.log)

    def write(self, folder, entries, key=None):
        forger.write_log(folder, entries, key or self.key, "log.example.com/matrix")

    def copy(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.log, folder)
        return folder


PEOPLE_AFTER = {
    "anna": ["reviewer"],
    "ben": ["decider"],
    "cara": ["decider"],
    "eva": ["enforcer"],
    "finn": ["decider"],
    "lea": ["liaison"],
    "adam": ["administrator"],
}


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def partial_files(log, level):
    """Files of the newest partial tile of a level, or bundle."""
    return sorted((log / "tile" / level).glob("*.p/*"))


# Each damage makes a log in `folder`; what it returns are further arguments of our own verifier.
# `text` is what ours must say of it.


def nothing(world, folder):
    world.copy(folder)


def right_left_over(world, folder):
    world.copy(folder)
    for kind, cut in (("0", 32 * 100), ("entries", None)):
        data = (folder / "tile" / kind / "000").read_bytes()
        left = folder / "tile" / kind / "000.p" / "100"
        left.parent.mkdir(exist_ok=True)
        left.write_bytes(data[: cut or forger.bundle_end(data, 100)])


def entry_byte(world, folder):
    flip(world.copy(folder) / "tile/entries/000", 3000)


def leaf_tile_byte(world, folder):
    flip(world.copy(folder) / "tile/0/000", 77)


def upper_tile_byte(world, folder):
    flip(partial_files(world.copy(folder), "1")[-1], 7)


def checkpoint_size(world, folder):
    path = world.copy(folder) / "checkpoint"
    lines = path.read_text().split("\n")
    lines[1] = str(int(lines[1]) - 1)
    path.write_text("\n".join(lines))


def checkpoint_other_key(world, folder):
    world.write(world.copy(folder), world.entries(), forger.Key(b"\x07" * 32))


def swapped(world, folder):
    old = (world.log / "checkpoint").read_text()
    entries = world.entries()
    entries[200], entries[201] = entries[201], entries[200]
    world.write(folder, entries)
    (folder / "checkpoint").write_text(old)


def wrong_left_over_tile(world, folder):
    right_left_over(world, folder)
    flip(folder / "tile/0/000.p/100", 32 * 7)


def wrong_left_over_bundle(world, folder):
    right_left_over(world, folder)
    flip(folder / "tile/entries/000.p/100", 500)


def missing_tile(world, folder):
    (world.copy(folder) / "tile/0/000").unlink()


def missing_bundle(world, folder):
    (world.copy(folder) / "tile/entries/000").unlink()


def stray_file(world, folder):
    (world.copy(folder) / "tile/0/900").write_bytes(bytes(8192))


def replaced_addendum(world, folder):
    """In a copy of the data directory that is being served: one part becomes another one, which is
    whole, key and all. A program that is started later refuses the directory."""
    data = folder.with_suffix(".data")
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(world.provider.data, data)
    shutil.copytree(data / "log", folder)
    server = Provider(BINARY, SOURCE, folder.with_suffix(".server"))
    server.data = data
    server.serve()
    database = sqlite3.connect(data / "proviso.db")
    target, other = 3, 4
    for table, columns in (("log_addendum", "digest, sealed"), ("log_addendum_key", "secret")):
        database.execute(
            f"UPDATE {table} SET ({columns}) = (SELECT {columns} FROM {table} WHERE position = ?"
            " LIMIT 1) WHERE position = ?",
            (database_position(database, other), database_position(database, target)),
        )
    database.commit()
    database.close()
    return {"data": data, "server": server}


def database_position(database, nth):
    rows = database.execute("SELECT DISTINCT position FROM log_addendum ORDER BY position")
    return rows.fetchall()[nth][0]


def index_of(entries, kind, nth=0):
    found = [i for i, entry in enumerate(entries) if forger.envelope(entry)["type"] == kind]
    return found[nth]


def roster_without_quorum(world, folder):
    """The log's own operator adds a decider, and signs for the people with a key of his own."""
    entries = world.entries()
    proposals = [e for e in entries if forger.envelope(e)["type"] == "roster.proposed"]
    before = forger.envelope(proposals[-1])["data"]
    evil = forger.Key(b"\x66" * 32)
    roster = json.loads(json.dumps(before["roster"]))
    roster["version"] += 1
    roster["previous"] = before["hash"]
    roster["people"].append({"key": evil.text, "pseudonym": "p-ffffffffffff", "roles": ["decider"]})
    people = before["roster"]["people"]
    proposer = next(p["pseudonym"] for p in people if "administrator" in p["roles"])
    signers = [person["pseudonym"] for person in people][: roster["quorum"]]
    entries += forger.roster_entries(roster, evil, proposer, signers)
    world.write(folder, entries)


def adoption_without_quorum(world, folder):
    entries = world.entries()
    del entries[index_of(entries, "decision.signed")]
    world.write(folder, entries)


def act_of_another_key(world, folder):
    entries = world.entries()
    place = index_of(entries, "decision.signed")
    envelope = forger.envelope(entries[place])
    evil = forger.Key(b"\x66" * 32)
    envelope["act"] = evil.act("decision sign", envelope["act"]["args"])
    entries[place] = forger.with_envelope(entries[place], envelope)
    world.write(folder, entries)


def first_roster_replaced(world, folder):
    """A log of the right key whose people are all of one hand."""
    first = world.entries()[0]
    people = [forger.Key(bytes([seed]) * 32) for seed in (0x51, 0x52, 0x53)]
    roster = {
        "people": [
            {
                "key": key.text,
                "pseudonym": f"p-{number:012x}",
                "roles": ["administrator", "decider"],
            }
            for number, key in enumerate(people)
        ],
        "previous": None,
        "quorum": 2,
        "version": 1,
    }
    world.write(folder, [first, *forger.first_roster_entries(roster, people)])
    return {"arguments": ["--first-roster", world.pin]}


def fork(world, folder):
    """A backup from before was put back, and other entries were appended to it."""
    entries = world.entries()
    other = forger.envelope(entries[-1])
    other["time"] = "2026-11-23T00:00:00.000Z"
    other["act"], other["actor"], other["type"] = None, "operator", "example.forked"
    kept = entries[: len(entries) - 20]
    world.write(folder, [*kept, *([forger.with_envelope(entries[-1], other)] * 40)])
    return {"arguments": ["--seen", copied_seen(world)]}


def rolled_back(world, folder):
    world.write(folder, world.entries()[:-20])
    return {"arguments": ["--seen", copied_seen(world)]}


def copied_seen(world):
    path = WORK / "seen.copy"
    shutil.copy(world.seen, path)
    return path


DAMAGES = {
    "none": (nothing, None),
    "a right partial tile and bundle, left over": (right_left_over, None),
    "a byte of an entry": (entry_byte, "`tile/entries/000`: entry "),
    "a byte of a leaf tile": (leaf_tile_byte, "`tile/0/000`: hash 2 (entry 2): expected `"),
    "a byte of a tile of level 1": (upper_tile_byte, "hash 0 (entry 0 and on): expected `"),
    "the size in the checkpoint": (checkpoint_size, "the signature of `"),
    "a checkpoint that another key signed": (checkpoint_other_key, "no signature of a known key"),
    "two entries swapped, all hashes made anew, the checkpoint kept": (swapped, "its root is `"),
    "a wrong partial tile, left over": (wrong_left_over_tile, "`tile/0/000.p/100`: hash 7"),
    "a wrong partial bundle, left over": (wrong_left_over_bundle, "`tile/entries/000.p/100`: "),
    "a missing tile": (missing_tile, "`tile/0/000`: missing"),
    "a missing bundle": (missing_bundle, "`tile/entries/000`: missing"),
    "a tile beyond the checkpoint": (stray_file, "`tile/0/900`: lies beyond the checkpoint"),
    "a replaced addendum": (replaced_addendum, "its confidential part `"),
    "a roster without its quorum, signed by the log's key alone": (
        roster_without_quorum,
        "expected an act with the key of `",
    ),
    "a restriction adopted without its quorum": (
        adoption_without_quorum,
        "expected 2 valid signatures of the plan, found 1",
    ),
    "an act of a key that is not the person's": (
        act_of_another_key,
        "expected an act with the key",
    ),
    "another first roster": (first_roster_replaced, "expected the first roster `"),
    "a fork by a restored backup": (fork, "the log's key was used on two histories"),
    "a log rolled back": (rolled_back, "the log was rolled back"),
}


class Verifiers:
    """Runs each tool on a log: does it find fault? Answers (finds, output)."""

    def __init__(self, world):
        self.world = world
        self.vkey = world.vkey
        self.vkey_file = WORK / "log.vkey"
        self.vkey_file.write_text(self.vkey + "\n")
        handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": no_log})
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), lambda *args: handler(*args, directory=str(WORK))
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def run(self, tool, folder, extra):
        runner = {
            "proviso log verify": self.ours,
            "the same by URL": self.ours_by_url,
            "Go x/mod": self.by_go,
            "npm rfc9162": self.by_npm,
            "Tessera fsck": self.by_fsck,
        }[tool]
        return runner(folder, extra)

    def ours(self, folder, extra):
        if "data" in extra:
            finds = self.ask_ours(["-C", extra["data"], "log", "verify"])
            extra["server"].stop()
            later = run([BINARY, "-C", extra["data"], "log", "verify"])
            named = "entry 5: its confidential part `act` is damaged"
            if later.returncode != 1 or named not in later.stdout:
                raise RuntimeError(f"a later program finds nothing: {later}")
            return finds
        return self.ask_ours(self.verify_arguments(folder, extra))

    def ours_by_url(self, folder, extra):
        url = f"http://127.0.0.1:{self.server.server_address[1]}/{folder.name}"
        return self.ask_ours(self.verify_arguments(url, extra))

    def verify_arguments(self, log, extra):
        return ["log", "verify", "--log", log, "--vkey", self.vkey, *extra.get("arguments", [])]

    def ask_ours(self, arguments):
        done = run([BINARY, "--json", *arguments])
        report = json.loads(done.stdout) if done.stdout else {}
        if report.get("ok") not in (True, False) or (done.returncode == 0) != report["ok"]:
            raise RuntimeError(f"proviso {arguments}: {done.returncode} {done.stderr}")
        first = report["first"]
        if not report["ok"] and not (first and first["problem"]):
            raise RuntimeError(f"no first problem in {report}")
        told = "\n".join(report["problems"])
        return not report["ok"], told + ("\nfirst: " + json.dumps(first) if first else "")

    def by_go(self, folder, _):
        return judge(run([os.environ["TLOGCHECK"], folder, self.vkey]), "OK ", "FAIL: ")

    def by_npm(self, folder, _):
        script = pathlib.Path(__file__).parent / "npm" / "logcheck.mjs"
        return judge(
            run(["node", script, os.environ["NPM_MODULES"], folder, self.vkey]), "OK ", "FAIL: "
        )

    def by_fsck(self, folder, _):
        """Its exit code is 0 either way: what it says counts."""
        done = run(
            [
                os.environ["FSCK"],
                f"--storage_url=file://{folder}/",
                f"--public_key={self.vkey_file}",
                "--ui=false",
                "-N",
                "2",
            ]
        )
        return judge(done, "Successfully fsck'd", "fsck failed:", "Failed to")


def no_log(*_):
    pass


def run(command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True)


def judge(done, good, *bad):
    """Only words that a verdict has count: a crash is no finding."""
    output = done.stdout + done.stderr
    found = any(word in output for word in bad)
    if found == (good in output):
        raise RuntimeError(f"neither good nor bad: {done.args}: {output[-400:]}")
    return found, output


def main():
    table = expected_table()
    if list(table) != list(DAMAGES):
        sys.exit(f"verification.md has the rows {list(table)}, this test {list(DAMAGES)}")
    world = World()
    tools = Verifiers(world)
    passed = failed = skipped = 0
    for number, (damage, (make, text)) in enumerate(DAMAGES.items()):
        folder = WORK / f"log-{number}"
        extra = make(world, folder) or {}
        for tool in TOOLS:
            if tool == "Tessera fsck" and not os.environ.get("FSCK"):
                skipped += 1
                continue
            expected = table[damage][tool]
            finds, output = tools.run(tool, folder, extra)
            ours = tool in TOOLS[:2]
            good = finds == (expected == "sees") and (not ours or not finds or text in output)
            passed, failed = passed + good, failed + (not good)
            print(f"{'ok  ' if good else 'FAIL'} {damage}: {tool} {expected}", flush=True)
            if not good:
                print(f"     {'finds' if finds else 'accepts'}: {output[-1200:]}")
        shutil.rmtree(folder, ignore_errors=True)
    if skipped:
        print("SKIPPED COLUMN: Tessera fsck")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


main()
