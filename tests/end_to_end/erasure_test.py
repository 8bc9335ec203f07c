"""Confidential parts are erased by two people, and gone: from the database, from reports, from what
commands show. All that was decided stays as it was, whichever part it is."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile

import case
from catalogue import public_entries
from provider import Checks, arguments, tree_hash
from story_parts import ARTICLE, PEOPLE, add_report, adopted, begin

provider = arguments()
checks = Checks()
run = provider.run
REASON = ["--basis", "mistake", "--reason", "It names somebody."]


def entries():
    return run("log", "show", "--limit", "10000")["entries"]


def last_of(kind):
    return [entry["index"] for entry in entries() if entry["type"] == kind][-1]


def erase(index, *parts, by="anna", approver="ben"):
    names = [word for part in parts for word in ("--part", part)]
    proposed = run("erasure", "propose", index, *names, *REASON, key=by)
    return run("erasure", "approve", proposed["id"], key=approver)


def keys(data):
    database = sqlite3.connect(f"file:{data}/proviso.db?mode=ro", uri=True)
    rows = database.execute("SELECT position, name FROM log_addendum_key").fetchall()
    database.close()
    return rows


def bytes_of(data):
    """What the database and its write-ahead log hold."""
    return b"".join(path.read_bytes() for path in sorted(data.glob("proviso.db*")))


def table(data):
    return (data / "table/current").read_bytes()


def secret_of(data, index, name):
    database = sqlite3.connect(f"file:{data}/proviso.db?mode=ro", uri=True)
    row = database.execute(
        "SELECT secret FROM log_addendum_key WHERE position = ? AND name = ?", (index, name)
    ).fetchone()
    database.close()
    return row and bytes(row[0])


def two_people_erase():
    claim = last_of("claim.added")
    parts = {part["name"]: part["digest"] for part in run("log", "open", claim)["parts"]}
    secret = secret_of(provider.data, claim, "details")
    one = ["erasure", "propose", claim, "--part", "details", *REASON]
    checks.refused("a decider", run(*one, key="ben", expect=1), "needs the role")
    checks.refused("nobody", run(*one, expect=1), "--key")
    proposed = run(*one, key="dora")
    checks.check(
        {part["name"]: part["digest"] for part in proposed["parts"]} == parts,
        f"what was signed goes with it: {proposed}",
    )
    checks.check(secret_of(provider.data, claim, "details") == secret, "nothing is destroyed yet")
    alone = run("erasure", "approve", proposed["id"], key="dora", expect=1)
    checks.refused("one person", alone, "by one person alone", "somebody else")
    before = table(provider.data), tree_hash(provider.data / "log/tile/entries")
    done = run("erasure", "approve", proposed["id"], key="ben")
    checks.check(done["done"], f"approved: {done}")
    checks.check((claim, "details") not in keys(provider.data), "the key is gone")
    checks.check(secret not in bytes_of(provider.data), "and no page of the database holds it")
    checks.check(table(provider.data) == before[0], "the table is as it was")
    states = {part["name"]: part for part in run("log", "open", claim)["parts"]}
    checks.check(
        all(states[name]["state"] == "erased" for name in ("act", "details")), f"opened: {states}"
    )
    checks.check(states["details"]["erased"]["erasure"] == proposed["id"], f"why: {states}")
    again = run("erasure", "approve", proposed["id"], key="cara", expect=1)
    checks.refused("again", again, "was approved by")
    gone = run(*one, key="anna", expect=1)
    checks.refused("gone", gone, "is not here")
    clear = [entry for entry in public_entries(provider.data / "log")][-2:]
    checks.check([entry["type"] for entry in clear] == ["erasure.proposed", "part.erased"], "said")
    checks.check("names somebody" not in json.dumps(clear), "the reason is sealed")
    out = provider.work / "erased.addendum"
    words = ["--part", "details", "--out", out, "--to", "Example Court", "--purpose", "court"]
    handed = run("log", "open", claim, *words, key="lea", expect=1)
    checks.refused("handing it out", handed, "is not here", "erased")
    checks.check(not out.exists(), "and no file is written of it")
    told = [event["text"] for event in run("case", "show", "case-1")["timeline"]]
    checks.check(any("destroyed" in text for text in told), f"the case tells it: {told[-2:]}")
    checks.check(any("erased on" in text and "added" in text for text in told), "where it was")
    checks.check(run("log", "verify")["ok"], "the log verifies")
    return claim, secret


def a_proposal_is_taken_back():
    index = last_of("finding.recorded")
    part = max({part["name"] for part in run("log", "open", index)["parts"]} - {"act"})
    words = ["erasure", "propose", index, "--part", part, *REASON]
    first = run(*words, key="anna")["id"]
    checks.refused("again", run(*words, key="lea", expect=1), first, "waits", "withdraw")
    alone = ["erasure", "propose", index, "--part", "act", *REASON]
    checks.refused("a part of it", run(*alone, key="lea", expect=1), first, "waits")
    back = ["erasure", "withdraw", first, "--reason", "The wrong entry."]
    checks.refused("an enforcer", run(*back, key="eva", expect=1), "needs the role")
    answer = run(*back, key="ben")
    checks.check(not answer["done"] and answer["withdrawn_by"], f"withdrawn: {answer}")
    checks.refused("twice", run(*back, key="anna", expect=1), "was withdrawn")
    late = run("erasure", "approve", first, key="ben", expect=1)
    checks.refused("approving it", late, "was withdrawn")
    listed = {item["id"]: item for item in run("erasure", "list")["erasures"]}
    checks.check("withdrawn_at" in listed[first], f"listed: {listed[first]}")
    told = public_entries(provider.data / "log")[-1]
    checks.check(told["type"] == "erasure.withdrawn", f"said: {told}")
    checks.check("wrong entry" not in json.dumps(told), "why is confidential")
    again = run(*words, key="anna")["id"]
    run("erasure", "withdraw", again, "--reason", "Not yet.", key="anna")
    states = {part["name"]: part["state"] for part in run("log", "open", index)["parts"]}
    checks.check(states[part] == "held", f"nothing is destroyed: {states}")
    checks.check(run("log", "verify")["ok"], "the log verifies")


def a_key_put_back_is_destroyed_again(claim, secret):
    """As after a crash between the event and the key."""
    database = sqlite3.connect(provider.data / "proviso.db")
    database.execute(
        "INSERT INTO log_addendum_key VALUES (?, 'details', ?)", (claim, sqlite3.Binary(secret))
    )
    database.commit()
    database.close()
    checks.check((claim, "details") in keys(provider.data), "the key is back")
    shown = json.dumps(run("case", "show", "case-1")["claims"])
    checks.check((claim, "details") not in keys(provider.data), "opening destroys it")
    checks.check("Stores bulk recordings" not in shown, "and what it opened is not shown")
    checks.check(secret not in bytes_of(provider.data), "nor left in the database")


def a_part_is_handed_out():
    """To somebody who has a proof of the entry and the log's key, and nothing else."""
    index = last_of("case.opened")
    out = provider.work / "details.addendum"
    words = ["--part", "details", "--out", out, "--to", "Example Court", "--purpose", "court"]
    checks.refused("a reviewer", run("log", "open", index, *words, key="anna", expect=1), "role")
    checks.refused("half of it", run("log", "open", index, *words[:4], key="lea", expect=1), "--to")
    given = run("log", "open", index, *words, key="lea")
    told = public_entries(provider.data / "log")[-1]
    checks.check(
        told["type"] == "part.disclosed" and told["data"]["digest"] == given["digest"], told
    )
    checks.check("Example Court" not in json.dumps(told), "to whom is confidential")
    checks.check(hashlib.sha256(out.read_bytes()).hexdigest() == given["digest"], "the digest")
    proof = provider.work / "entry.tlog-proof"
    run("log", "prove", index, "--out", proof)
    vkey = json.loads((provider.data / "proviso.json").read_text())["vkey"]
    shutil.copy(proof, provider.work / "far.tlog-proof")
    mine, provider.data = provider.data, provider.work / "nowhere"
    checked = run("log", "check-addendum", out, "--proof", proof, "--vkey", vkey)
    checks.check(checked["ok"] and checked["part"] == "details", f"it holds: {checked}")
    checks.check(checked["value"]["title"] == "Example report", f"and says: {checked}")
    changed = provider.write("changed", "")
    changed.write_bytes(out.read_bytes()[:-1] + b" ")
    bad = ["log", "check-addendum", changed, "--proof", proof, "--vkey", vkey, "--json"]
    process = provider.start(*bad)
    said, _ = process.communicate()
    checks.check(process.returncode == 1 and not json.loads(said)["ok"], f"changed: {said}")
    provider.data = mine
    checks.refused(
        "the same file", run("log", "open", index, *words, key="lea", expect=1), "exists"
    )
    for kind, part in (
        ("log.initialised", "pseudonym_key"),
        ("statement.issued", "appeal_code"),
        ("report.received", "original"),
    ):
        secret = ["--part", part, "--out", "x", "--to", "Somebody", "--purpose", "audit"]
        refused = run("log", "open", last_of(kind), *secret, key="otto", expect=1)
        checks.refused(f"{kind} {part}", refused, "not handed out")


def a_report_goes_with_its_key():
    report = add_report(provider, "article.txt", ARTICLE)
    run("report", "join", report, "--case", "case-1", key="anna")
    kept = sorted((provider.data / "reports").iterdir())
    index = last_of("report.received")
    erase(index, "original", approver="otto")
    left = sorted((provider.data / "reports").iterdir())
    checks.check(len(left) == len(kept) - 1, f"the sealed file is removed: {left}")
    said = run(
        "report", "show", report, "--case", "case-1", "--purpose", "review", key="anna", expect=1
    )
    checks.refused("report show", said, "was erased")


def what_is_needed_stays():
    for kind, part, why in (
        ("log.initialised", "pseudonym_key", "every pseudonym"),
        ("customers.imported", "customers", "import another one first"),
        ("catalogue.imported", "catalogue", "import another one first"),
        ("terms.imported", "terms", "rest on"),
        ("decision.planned", "plan", "lift it first"),
        ("statement.issued", "statement", "lift it first"),
        ("statement.issued", "appeal_code", "appeals by it"),
    ):
        words = ["erasure", "propose", last_of(kind), "--part", part, *REASON]
        checks.refused(f"{kind} {part}", run(*words, key="anna", expect=1), why)
    beyond = run("erasure", "propose", 100_000, "--part", "x", *REASON, key="anna", expect=1)
    checks.refused("beyond", beyond, "there is no entry")
    words = ["erasure", "propose", 0, "--part", "other", *REASON]
    checks.refused("no part", run(*words, key="anna", expect=1), "has the parts")
    words = ["erasure", "propose", 0, "--part", "x", "--basis", "whim", "--reason", "x"]
    checks.refused("basis", run(*words, key="anna", expect=1), "has the parts")
    # A later import takes the place of the first, which may go then.
    first = last_of("customers.imported")
    text = (provider.source / "examples/customers.yaml").read_text()
    again = provider.write("customers.yaml", text + "\n# Again.\n")
    run("import", "customers", again, key="adam")
    erase(first, "customers")
    checks.check(run("case", "show", "case-1")["id"] == "case-1", "it opens without the first")


def everything_that_may_be_erased(decision):
    """By the commands, one after another, until nothing is left that may."""
    before = table(provider.data)
    plan_hash = run("decision", "show", decision)["plan_hash"]
    erased = 0
    for index in range(len(entries())):
        opened = run("log", "open", index)
        held = [part["name"] for part in opened["parts"] if part["state"] == "held"]
        for part in held:
            if part == "act" and len(held) > 1:
                continue  # goes with another one
            words = ["erasure", "propose", index, "--part", part, *REASON]
            process = provider.start(*words, "--json", key="lea")
            out, error = process.communicate()
            if process.returncode != 0:
                checks.refused(f"{opened['type']} {part}", error.decode(), "stays")
                continue
            run("erasure", "approve", json.loads(out)["id"], key="otto")
            erased += 1
    checks.check(erased > 12, f"{erased} erasures")
    checks.check(table(provider.data) == before, "the decision table is byte by byte the same")
    checks.check(run("decision", "show", decision)["plan_hash"] == plan_hash, "the plan too")
    checks.check(run("log", "verify")["ok"], "the log verifies")
    checks.check(run("log", "rebuild")["size"] > 0, "and is made again")
    checks.check(table(provider.data) == before, "with the same table")
    run("decision", "lift", decision, "--emergency", "--reason", "A hospital.", key="eva")
    checks.check(table(provider.data) != before, "and it can still be lifted")


def a_proof_from_before_holds():
    """Of an entry whose parts are all erased by now."""
    index = last_of("case.opened")
    states = {part["name"]: part["state"] for part in run("log", "open", index)["parts"]}
    checks.check(set(states.values()) == {"erased"}, f"nothing of it is left: {states}")
    vkey = json.loads((provider.data / "proviso.json").read_text())["vkey"]
    held = run("log", "check-proof", provider.work / "far.tlog-proof", "--vkey", vkey)
    checks.check(held["ok"] and held["index"] == index, f"the proof of entry {index}: {held}")


def outcomes(binary, data):
    """Exit code, what was decided, and what was said. An export that tells of damage is whole."""
    command = [binary, "-C", data, "export", data.parent / "export", "--json"]
    shutil.rmtree(data.parent / "export", ignore_errors=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        return done.returncode, [], done.stderr
    decided = []
    for path in sorted((data.parent / "export/state/decisions").glob("*.json")):
        decision = json.loads(path.read_text())
        names = ("id", "kind", "status", "plan_hash", "quorum", "statement_sha256", "terms")
        decided.append([decision.get(name) for name in names])
        decided.append([signature["by"] for signature in decision.get("signatures", [])])
    return done.returncode, decided, done.stderr


def any_part_of_the_told_story():
    """Each key of the told story destroyed by itself, unapproved: all goes on, and it is named."""
    with tempfile.TemporaryDirectory(prefix="proviso-erasure-test-") as above:
        os.chmod(above, 0o755)
        folder = type(provider.data)(above) / "demo"
        command = [provider.binary, "demo", "--json", "--dir", folder]
        command += ["--examples", provider.source / "examples"]
        environment = {key: at for key, at in os.environ.items() if not key.startswith("PROVISO_")}
        subprocess.run(command, capture_output=True, check=True, env=environment)
        data = folder / "data"
        before, compiled = outcomes(provider.binary, data), table(data)
        checks.check(before[0] == 0 and len(before[1]) > 2, f"the story's decisions: {before}")
        types = [entry["type"] for entry in public_entries(data / "log")]
        # The last of each kind.
        swept = sorted({(types[index], name): (index, name) for index, name in keys(data)}.values())
        for index, name in swept:
            database = sqlite3.connect(data / "proviso.db")
            where = " WHERE position = ? AND name = ?"
            select = "SELECT secret FROM log_addendum_key" + where
            (secret,) = database.execute(select, (index, name)).fetchone()
            database.execute("DELETE FROM log_addendum_key" + where, (index, name))
            database.commit()
            code, decided, said = outcomes(provider.binary, data)
            named = f"entry {index}: its confidential part `{name}` is damaged" in said
            checks.check(code == 3 and named, f"{types[index]} {name}: {code} {said}")
            checks.check(decided == before[1], f"{types[index]} {name}: decided otherwise")
            checks.check(table(data) == compiled, f"{types[index]} {name}: another table")
            insert = "INSERT INTO log_addendum_key VALUES (?, ?, ?)"
            database.execute(insert, (index, name, secret))
            database.commit()
            database.close()
        print(f"{len(swept)} parts", flush=True)


begin(provider, PEOPLE)
CASE, FINDING = case.open_case(provider)
DECISION, _ = adopted(provider, CASE, FINDING)
claim, secret = two_people_erase()
a_key_put_back_is_destroyed_again(claim, secret)
a_proposal_is_taken_back()
add_report(provider, "first.txt", ARTICLE)
a_part_is_handed_out()
a_report_goes_with_its_key()
what_is_needed_stays()
everything_that_may_be_erased(DECISION)
a_proof_from_before_holds()
any_part_of_the_told_story()
checks.end()
