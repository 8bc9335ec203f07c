"""`files check` holds what lies beside the log against it; `log verify` and `export` say what is
gone."""

import datetime
import json
import shutil

import focus_rows
from provider import Checks, arguments
from story_parts import ARTICLE, PEOPLE, add_report, begin

provider = arguments()
checks = Checks()
run = provider.run
DATA = provider.data


def answer_of(*args, expect):
    """The JSON answer of a command that may find something, and its exit code is as expected."""
    process = provider.start(*args, "--json")
    out, error = process.communicate()
    checks.check(process.returncode == expect, f"{args}: {process.returncode} {error.decode()}")
    return json.loads(out) if out else {}


def text_of(*args, expect):
    process = provider.start(*args)
    out, error = process.communicate()
    checks.check(process.returncode == expect, f"{args}: {process.returncode} {error.decode()}")
    return out.decode()


def paths(faults):
    return {fault["path"]: fault["what"] for fault in faults}


begin(provider, PEOPLE)
row = focus_rows.row("sub-em-archive-01", datetime.date(2026, 3, 1), 240)
run("import", "usage", provider.write("usage.csv", focus_rows.csv_text([row])))
words = ["--class", "contract", "--owner", "Example Sales", "--purpose", "Checks."]
run("records", "register", "contract-register", *words, key="adam")
contracts = provider.source / "examples" / "contracts.csv"
run("records", "import", "contract-register", contracts, key="adam")
add_report(provider, "article.txt", ARTICLE)
kept = {kind: sorted(path for path in (DATA / kind).iterdir() if path.is_file())
        for kind in ("lake", "records", "reports")}  # fmt: skip
checks.check(all(len(files) == 1 for files in kept.values()), f"one of each kind: {kept}")
victims = [files[0] for files in kept.values()]
names = [str(path.relative_to(DATA)) for path in victims]
whole = {path: path.read_bytes() for path in victims}

# All is there.
found = answer_of("files", "check", expect=0)
checks.check(found == {"faults": [], "files": 3}, f"nothing is wrong: {found}")
checks.check("all 3 files" in text_of("files", "check", expect=0), "and people are told")
verified = run("log", "verify")
checks.check(verified["files_beside"] == {"missing": [], "referred": 3}, f"verify: {verified}")
exported = run("export", provider.work / "export-whole")
checks.check(exported["faults"] == [], f"export: {exported}")

# One is changed by a bit: it takes the hashes to see it.
for path, name in zip(victims, names):
    content = bytearray(whole[path])
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = answer_of("files", "check", expect=1)
    checks.check(paths(found["faults"]) == {name: "damaged"}, f"changed {name}: {found}")
    to = provider.work / f"export-changed-{path.parent.name}"
    exported = answer_of("export", to, expect=3)
    checks.check(paths(exported["faults"]) == {name: "damaged"}, f"export: {exported}")
    checks.check((to / "state").is_dir(), "what can be exported is")
    path.write_bytes(whole[path])

# They are gone, while a server runs and without one.
for kind in kept:
    shutil.rmtree(DATA / kind)
for with_server in (False, True):
    if with_server:
        provider.serve()
    found = answer_of("files", "check", expect=1)
    checks.check(paths(found["faults"]) == dict.fromkeys(names, "missing"), f"gone: {found}")
    checks.check(all(fault["entry"] > 0 for fault in found["faults"]), "with their entries")
    # The log itself holds: what lies beside it is said apart.
    verified = run("log", "verify")
    checks.check(verified["ok"], f"the log holds: {verified}")
    missing = paths(verified["files_beside"]["missing"])
    checks.check(missing == dict.fromkeys(names, "missing"), f"verify: {verified}")
    exported = answer_of("export", provider.work / f"export-gone-{with_server}", expect=3)
    checks.check(paths(exported["faults"]) == dict.fromkeys(names, "missing"), f"{exported}")
provider.stop()
for command in (["files", "check"], ["log", "verify"], ["export", provider.work / "export-text"]):
    said = text_of(*command, expect={"files": 1, "log": 0, "export": 3}[command[0]])
    checks.check(all(name in said for name in names), f"{command} names them: {said}")
    checks.check("proviso backup" in said or "a backup" in said, f"{command}, a remedy: {said}")
said = text_of("log", "verify", expect=0)
checks.check("proviso files check" in said, f"verify names the command that looks closer: {said}")
said = text_of("files", "check", "--help", expect=0)
checks.check("proviso files check" in said, f"an example: {said}")
checks.end()
