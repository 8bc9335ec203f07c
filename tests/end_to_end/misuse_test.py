"""What somebody with the machine, but without people's keys, must not achieve; and what must not
lock a provider out of its own directory."""

import hashlib
import json
import os
import socket
import sqlite3
import struct

import case
import focus_rows
from provider import Checks, arguments, tree_hash

provider = arguments()
checks = Checks()
QUESTION = {
    "subscription": case.SUBSCRIPTIONS[0],
    "service": "blob-store",
    "region": "nl-1",
    "operation": "write",
}


def verdict():
    line = json.dumps(QUESTION).encode() + b"\n"
    return provider.run("decide", "--stdin", stdin=line)["verdict"]


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def ask(request):
    """One request over the socket of the running server, and its answer."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(20)
        peer.connect(os.path.relpath(provider.data / "proviso.sock"))
        frame = json.dumps(request).encode()
        peer.sendall(struct.pack(">I", len(frame)) + frame)
        size = struct.unpack(">I", peer.recv(4, socket.MSG_WAITALL))[0]
        return json.loads(peer.recv(size, socket.MSG_WAITALL))


def add_entries(events):
    """Writes entries into the database, as somebody could who has its file."""
    database = sqlite3.connect(provider.data / "proviso.db")
    last = database.execute("SELECT max(position) FROM log_entry").fetchone()[0]
    for offset, (kind, actor, act, data) in enumerate(events, 1):
        entry = {"act": act, "actor": actor, "addenda": [], "case": "case-1", "data": data}
        entry |= {"time": "2026-11-22T03:16:30.000Z", "type": kind, "v": 1}
        content = canonical(entry) + b"\0"
        leaf = hashlib.sha256(b"\0" + content).digest()
        database.execute("INSERT INTO log_entry VALUES(?,?,?)", (last + offset, leaf, content))
    database.commit()
    database.close()


provider.run("init")
provider.import_examples()
provider.make_people()
modes = {path.name: path.stat().st_mode & 0o077 for path in provider.data.iterdir()}
checks.check(not any(modes.values()), f"nobody else may look into the data directory: {modes}")
CASE, FINDING = case.open_case(provider)
decision = case.propose(provider, CASE, case.decision_text([FINDING]))
case.plan_and_sign(provider, decision)
case.adopt(provider, decision)
checks.check(verdict() == "deny", "the decision is in force")

# One administrator's import must neither lift a restriction nor lock the directory.
text = (provider.source / "examples/catalogue.yaml").read_text()
secure = provider.write(
    "secure.yaml",
    text.replace(
        "name: Blob Store\n    class: object-storage", "name: Blob Store\n    class: security"
    ),
)
before = tree_hash(provider.data / "log")
error = provider.run("import", "catalogue", secure, key="adam", expect=1)
checks.refused("a catalogue that keeps a restricted service on", error, "decision-1", "blob-store")
checks.check(tree_hash(provider.data / "log") == before, "the refused catalogue is not in the log")
text = (provider.source / "examples/terms.yaml").read_text()
stricter = provider.write(
    "stricter.yaml",
    text.replace("version: 2026-01", "version: 2026-10")
    .replace("keep_on: [security]", "keep_on: [security, object-storage]")
    .replace("          - object-storage\n", ""),
)
provider.run("import", "terms", stricter, key="adam")
checks.check(provider.run("case", "list") is not None, "other terms do not lock the directory")
checks.check(verdict() == "deny", "other terms do not lift what was decided under these")

# The machine's own act takes no signature, and so none that is forged.
provider.serve()
usage = provider.write("usage.csv", focus_rows.csv_text([]))
forged = {
    "name": "decision adopt",
    "at": "2026-11-22T03:16:29.345Z",
    "args": {"decision": decision, "plan_hash": "00" * 32},
    "nonce": "00" * 16,
    "key": json.loads(provider.key_path("eva").read_text())["public_key"],
    "signature": "A" * 86 + "==",
}
answer = ask(
    {"use_case": "import usage", "args": {"files": [str(usage)]}, "attachments": {}, "act": forged}
)
checks.check("error" in answer, f"an import with a forged act is refused: {answer}")
answer = ask(
    {"use_case": "decision adopt", "args": forged["args"], "attachments": {}, "act": forged}
)
checks.check("error" in answer, f"a forged adoption is refused: {answer}")
provider.stop()
checks.check(provider.run("log", "verify")["ok"], "the log holds after all that")

# A damaged published file is named, and made again.
partial = sorted((provider.data / "log/tile/0").rglob("*"))[-1]
damaged = bytearray(partial.read_bytes())
damaged[3] ^= 1
partial.write_bytes(damaged)
provider.run("log", "rebuild")
checks.check(provider.run("log", "verify")["ok"], "a damaged tile is made again by log rebuild")

# What cannot be read twice is not waited for.
os.mkfifo(provider.work / "pipe")
for command in (("import", "usage"), ("import", "terms")):
    error = provider.run(*command, provider.work / "pipe", key="adam", expect=1)
    checks.refused(f"{' '.join(command)} of a pipe", error, "regular file")
error = provider.run("export", provider.data / "lake/export", expect=1)
checks.refused("an export into the data directory", error, "data directory")
os.chmod(f"{provider.data}.keys/log.key", 0o644)
error = provider.run("case", "list", expect=1)
checks.refused("a log key that others may read", error, "chmod 600")
os.chmod(f"{provider.data}.keys/log.key", 0o600)

# Entries that nobody signed do not bring a decision into force: the directory does not open.
second = case.propose(provider, CASE, case.decision_text([FINDING], regions="ie-1"))
plan_hash = provider.run("decision", "plan", second, key="anna")["plan_hash"]
provider.run("decision", "statement", second, "--issue", key="lea")
people = {row["id"]: row["person"] for row in provider.run("roster", "show")["current"]["people"]}
data = {"decision": second, "plan_hash": plan_hash}
add_entries(
    [
        ("decision.signed", people["ben"], None, data),
        ("decision.signed", people["cara"], None, data),
        ("decision.adopted", people["eva"], None, data),
    ]
)
error = provider.run("case", "list", expect=3)
checks.refused("signatures without an act", error, "decision.signed", "signed act")
QUESTION["region"] = "ie-1"
checks.check(verdict() == "allow", "what nobody signed is not in force")
checks.end()
