"""What is typed into any field of any command stays out of all that others can see: the log, the
decision table, what `serve` prints, backups.

The commands and their fields are those of `--help`: a field that is not classified here fails.
"""

import json
import re
import select
import subprocess

import case
from canaries import NUMBER, Canaries
from provider import Checks, arguments
from story_parts import ARTICLE, PEOPLE, add_report, begin, day

provider = arguments()
checks = Checks()
planted = Canaries(5)
typed = Canaries(6)
names = Canaries(7)
taken = set()
served = set()

# What a person writes freely: planted by the story below, and accepted.
FREE = {
    "case open --title",
    "case close --reason",
    "case reopen --reason",
    "case link --reason",
    "claim add --text",
    "claim adopt --text",
    "claim edit --text",
    "claim edit --reason",
    "claim drop --reason",
    "finding record --reason",
    "finding record --against-draft",
    "attribution record --reason",
    "step agree --text",
    "step record --reason",
    "conflict declare --reason",
    "appeal decide --reason",
    "decision lift --reason",
    "decision withdraw --reason",
    "decision review --reason",
    "records register --owner",
    "records register --purpose",
    "erasure propose --reason",
    "erasure forget --reason",
    "erasure withdraw --reason",
    "log open --to",
}
# Files whose text is the field.
FREE_FILES = {
    "report add FILE",
    "hearing answer FILE",
    "appeal file FILE",
    "decision propose FILE",
    "roster propose FILE",
    "import catalogue FILE",
    "import customers FILE",
    "import terms FILE",
}
# Ids, words, days, numbers, paths, checks: anything else in them is refused, as is seen here.
NARROW = """
init: --origin --store --log-key
import usage: FILE
usage rollup: --subscription --class --region --from --to
export: FOLDER
simulate: --world --customers --out
key new: FILE
key list: FOLDER
roster sign: --hash
report add: --kind --from-customer
report join: REPORT --story --case
report show: REPORT --case --purpose --original
records register: SOURCE --class
records import: SOURCE FILE
records read: SOURCE --case --customer --purpose --class --region
cessation: DECISION
case show: CASE --html --plots
case run: CASE
case close: CASE
case reopen: CASE --class
case link: CASE --to
claim drafts: --case
claim adopt: DRAFT --case --check
claim edit: CLAIM --case --check
claim drop: CLAIM --case
claim add: --case --check
claim list: --case
finding record: --case --claim --outcome
attribution record: --case --subscription --unit --class
step agree: --case --due --check
step record: STEP --case --outcome
conflict declare: --case
hearing notice: DECISION --until --html
hearing open: DECISION --until
hearing answer: --code --hearing --notice
hearing show: HEARING --purpose
hearing acknowledgement: HEARING --html
hearing acknowledge: HEARING
code renew: OF
notice show: KIND --decision --case --appeal --audience --html
notice issue: KIND --decision --case --appeal --audience
update schedule: --case --audience --due
appeal file: --code
appeal show: APPEAL --purpose
appeal decide: APPEAL --outcome
decision propose: --case
decision plan: DECISION
decision withdraw: DECISION
decision lift: DECISION --appeal
decision review: DECISION --outcome --restored-by
decision sign: DECISION --plan-hash
decision statement: DECISION
decision adopt: DECISION
decision show: DECISION
serve: --config --listen --metrics --log --verdicts --publish --publish-prefix --table-to
decide: --subscription --service --region --operation --at --unknown
demo: --dir --examples
point: --table --config --listen --metrics --log --verdicts --state
log show: --case
log verify: --log --vkey --first-roster --seen --policy
log prove: --log --vkey --out --entry
log check-proof: FILE --vkey --entry --policy
log check-addendum: FILE --proof --vkey --entry
log open: --part --out --purpose
log cosign: --set-policy
log witness: --state --log --listen --new-key --name
erasure propose: --part --basis
erasure approve: ERASURE
erasure withdraw: ERASURE
erasure forget: FOLDER
backup: FOLDER --keys
restore: FOLDER --keys --to --published --log-key
""".strip()
# What the provider names, for everybody to read: docs/formats/events.md, "What may stand in clear".
IN_CLEAR = {
    "init --origin",
    "records register SOURCE",
    "import terms FILE, id",
    "import terms FILE, version",
}
# They run until they are stopped.
SERVERS = {"serve", "point", "log witness"}
# A provider of its own, with a log of its own.
APART = {"demo"}


def help_of(*command):
    done = subprocess.run([provider.binary, *command, "--help"], capture_output=True, text=True)
    return done.stdout.split("Options of every command:")[0]


def section(text, name):
    found = re.search(rf"^{name}:\n((?:  .*\n)+)", text, re.M)
    return found[1] if found else ""


def commands(*above):
    """Each command, and its fields: name, whether it takes a value, whether it must be given."""
    text = help_of(*above)
    below = re.findall(r"^  (\S+)", section(text, "Subcommands"), re.M)
    for name in below:
        yield from commands(*above, name)
    if below:
        return
    fields = []
    for name in ("Positionals", "Options"):
        for line in section(text, name).splitlines():
            field = re.match(r"  (\S+?)(?: (TEXT|INT|UINT|FLOAT)\b(.*))?(?:  |$)", line)
            if field and not field[1].startswith("-h"):
                fields.append((field[1], field[2], "REQUIRED" in line))
    yield " ".join(above), fields


def say(*args, key=None):
    """Runs a command that may be refused."""
    process = provider.start(*args, key=key)
    process.communicate(b"", timeout=120)
    return process.returncode


def serves(*args, key=None):
    """Runs a server, which may be refused, until it says where it listens."""
    process = provider.start(*args, key=key)
    ready, _, _ = select.select([process.stdout], [], [], 60)
    checks.check(ready, f"{args} neither answers nor ends")
    process.terminate()
    out, _ = process.communicate(b"", timeout=60)
    return b"127.0.0.1:" in out


def plant(field):
    """Words that may stand in a text: with a number that only this field was given."""
    taken.add(field)
    number = NUMBER.search(planted.plant(field).encode())[0].decode()
    return f"Call Yara Invented-Listener on {number}"


def run(*args, key=None, **free):
    """A command with a canary in each field that is named: run("case open", title=...)."""
    words = args[0].split() + list(args[1:])
    for name in free:
        words += ["--" + name.replace("_", "-"), plant(f"{args[0]} --{name.replace('_', '-')}")]
    return provider.run(*words, key=key)


def file(field, name, text):
    return provider.write(name, text.replace("{canary}", plant(field)))


def examples_with_canaries():
    """Names in master data, as far as they are names."""
    for kind, pattern in (
        ("catalogue", r"(?m)^(\s*- \{id: [\w-]+, name: )([^,}]+)"),
        ("customers", r"(?m)^(\s+name: )(.+)$"),
        ("terms", r"(?m)^(title: )(.+)$"),
    ):
        text = (provider.source / "examples" / f"{kind}.yaml").read_text()
        text, count = re.subn(
            pattern, lambda m: f'{m[1]}"{plant(f"import {kind} FILE")}"', text, count=1
        )
        checks.check(count == 1, f"{kind}: a name takes a canary")
        provider.run("import", kind, provider.write(f"{kind}.yaml", text))


def people():
    roster = ["quorum: 2", "people:"]
    (provider.work / "people").mkdir(exist_ok=True)
    everybody = {**PEOPLE, "omar": sorted({role for roles in PEOPLE.values() for role in roles})}
    for person, roles in everybody.items():
        provider.run("key", "new", provider.key_path(person), "--cost", "10")
        public = json.loads(provider.key_path(person).read_text())["public_key"]
        roster.append(
            f"  - {{id: {person}, name: {json.dumps(plant('roster propose FILE'))}, "
            f"roles: [{', '.join(roles)}], key: \"{public}\"}}"
        )
    provider.run("roster", "propose", provider.write("r.yaml", "\n".join(roster)), key="adam")
    for person in ("anna", "ben"):
        provider.run("roster", "sign", key=person)


def review():
    words = ["contract-register", "--class", "contract"]
    run("records register", *words, key="adam", owner=1, purpose=1)
    opened = run("case open", key="anna", title=1)["id"]
    of = ["--case", opened]
    article = file("report add FILE", "article.txt", ARTICLE + "\n{canary}\n")
    report = provider.run("report", "add", article, key="ira")["reports"][0]["id"]
    provider.run("report", "join", report, *of, key="anna")
    adopted = run("claim adopt", f"{report}/1", *of, key="anna", text=1)["id"]
    run("claim edit", adopted, *of, key="anna", text=1, reason=1)
    run("claim drop", adopted, *of, key="anna", reason=1)
    claim = run("claim add", *of, key="anna", text=1)["id"]
    found = ["--claim", claim, "--outcome", "supported"]
    finding = run("finding record", *of, *found, key="anna", reason=1)["id"]
    for subscription in case.SUBSCRIPTIONS:
        what = ["--subscription", subscription, "--unit", case.UNIT, "--class", "contract"]
        run("attribution record", *of, *what, key="anna", reason=1)
    other = run("case open", key="anna", title=1)["id"]
    run("case link", opened, "--to", other, key="anna", reason=1)
    run("conflict declare", "--case", other, key="cara", reason=1)
    step = run("step agree", *of, "--due", day(9), key="lea", text=1)["id"]
    run("step record", step, *of, "--outcome", "met", key="lea", reason=1)
    checked = ["--check", f"usage(unit: {case.UNIT}, class: object-storage) at 2026-07-15 >= 1 GB"]
    checked = [f"--text={plant('claim add --text')}", *checked]
    drafted = provider.run("claim", "add", *of, *checked, key="anna")["id"]
    provider.run("case", "run", opened, key="anna")
    against = ["--claim", drafted, "--outcome", "supported"]
    run("finding record", *of, *against, key="anna", reason=1, against_draft=1)
    return opened, finding


def decision_of(finding, supersedes=()):
    text = case.decision_text([finding], supersedes=supersedes)
    for key in ("summary", "why_incompatible"):
        words = f"{key}: {json.dumps(plant('decision propose FILE'))}"
        text = re.sub(f"(?m)^{key}: .*$", words, text)
    return text


def decide(opened, finding):
    of = ["--case", opened]
    heard = case.propose(provider, opened, case.heard(decision_of(finding)), "h.yaml")
    provider.run("decision", "plan", heard, key="anna")
    hearing = provider.run("hearing", "open", heard, "--until", day(3), key="lea")["id"]
    letter = file("hearing answer FILE", "answer.txt", "We say: {canary}\n")
    provider.run("hearing", "answer", letter, "--hearing", hearing, key="lea")
    provider.run("hearing", "acknowledge", hearing, key="lea")
    run("decision withdraw", heard, key="anna", reason=1)
    first = case.propose(provider, opened, decision_of(finding), "d.yaml")
    case.plan_and_sign(provider, first, signers=("ben", "hana"))
    issued = provider.run("decision", "statement", first, "--issue", key="lea")
    provider.run("decision", "adopt", first, key="eva")
    appeal = file("appeal file FILE", "appeal.txt", "We appeal: {canary}\n")
    filed = provider.run("appeal", "file", appeal, "--code", issued["appeal_code"])["id"]
    run("appeal decide", filed, "--outcome", "upheld", key="dora", reason=1)
    run("decision lift", first, "--emergency", key="eva", reason=1)
    run("decision review", first, "--outcome", "confirmed", key="ben", reason=1)
    second = case.propose(provider, opened, decision_of(finding), "e.yaml")
    case.plan_and_sign(provider, second, signers=("ben", "hana"))
    case.adopt(provider, second)
    # What is superseded is named by its id, and by nothing else.
    words = typed.plant("decision propose FILE, supersedes")
    named = provider.write("named.yaml", decision_of(finding, [json.dumps(words)]))
    refused = say("decision", "propose", *of, named, key="anna")
    checks.check(refused == 1, f"a decision in the place of {words}: exit {refused}")
    third = case.propose(provider, opened, decision_of(finding, [second]), "f.yaml")
    case.plan_and_sign(provider, third, signers=("ben", "hana"))
    case.adopt(provider, third)
    run("decision lift", third, key="anna", reason=1)
    provider.run("notice", "issue", "update", "--audience", "staff", *of, key="lea")


def afterwards():
    other = run("case open", key="anna", title=1)["id"]
    run("case close", other, key="anna", reason=1)
    run("case reopen", other, "--class", "public", key="anna", reason=1)
    shown = provider.run("log", "show", "--limit", "10000")["entries"]
    index = next(entry["index"] for entry in shown if entry["type"] == "claim.added")
    out = ["--part", "details", "--out", provider.work / "part", "--purpose", "court"]
    run("log open", index, *out, key="otto", to=1)
    words = [index, "--part", "details", "--basis", "mistake"]
    proposed = run("erasure propose", *words, key="anna", reason=1)["id"]
    run("erasure withdraw", proposed, key="ben", reason=1)
    apart = provider.work / "keys-apart"
    provider.run("backup", provider.work / "backup", "--keys", apart)
    (apart / "part.keys").unlink()
    proposed = run("erasure propose", *words, key="anna", reason=1)["id"]
    provider.run("erasure", "approve", proposed, key="otto")
    run("erasure forget", apart, key="otto", reason=1)
    terms = (provider.source / "examples/terms.yaml").read_text()
    for field in ("id", "version"):
        name = names.plant_name(f"import terms FILE, {field}")
        terms = re.sub(rf"(?m)^{field}: .*$", f"{field}: {name}", terms, count=1)
    provider.run("import", "terms", provider.write("named.yaml", terms), key="adam")


def good_values(opened):
    """What a field may hold, by its name, or by command and name where that differs."""
    aside = run("case open", key="anna", title=1)["id"]
    good = {
        "--basis": "mistake",
        "--case": opened,
        "--claim": "claim-2",
        "--class": "contract",
        "--customer": "ba-example-ministry",
        "--due": day(9),
        "--audience": "staff",
        "--keys": provider.work / "keys-apart",
        "--outcome": "supported",
        "--owner": "Example Legal",
        "--part": "details",
        "--purpose": "review",
        "--reason": "Plain.",
        "--subscription": case.SUBSCRIPTIONS[0],
        "--text": "Plain words",
        "--title": "Plain",
        "--unit": case.UNIT,
        "--until": day(3),
        "APPEAL": "appeal-1",
        "CASE": opened,
        "CLAIM": "claim-2",
        "DECISION": "decision-1",
        "DRAFT": "report-1/1",
        "ERASURE": "erasure-1",
        "FILE": provider.write("plain.txt", "Plain words\n"),
        "FOLDER": provider.work / "backup",
        "HEARING": "hearing-1",
        "KIND": "update",
        "OF": "hearing-1",
        "REPORT": "report-1",
        "SOURCE": "contract-register",
        "STEP": "step-1",
        # Nobody who declared a conflict, or closed the case, could do the rest.
        "case close CASE": aside,
        "case reopen CASE": aside,
        "conflict declare --case": aside,
        "case link --to": aside,
        "appeal decide --outcome": "upheld",
        "decision review --outcome": "confirmed",
        "step record --outcome": "met",
        "records import FILE": provider.source / "examples/contracts.csv",
        "restore --to": provider.work / "restored",
        "point --table": provider.data / "table/current",
        "log witness --state": provider.work / "witness.json",
    }
    for kind in ("catalogue", "customers", "terms"):
        good[f"import {kind} FILE"] = provider.source / "examples" / f"{kind}.yaml"
    return good


def type_into(command, fields, good):
    """A canary in each field, one after the other, among values that are taken; then a name."""
    for chosen, kind, _ in fields:
        if kind != "TEXT":
            continue
        for plant_into in (typed.plant, names.plant_name):
            words = command.split()
            for name, takes, required in fields:
                if name != chosen and not required:
                    continue
                field = f"{command} {name}"
                value = good.get(field, good.get(name)) if name != chosen else None
                value = "1" if takes != "TEXT" else value or plant_into(field)
                words += [name, *([value] if takes else [])] if name[0] == "-" else [value]
            if command not in SERVERS:
                say(*words, key="omar")
                continue
            if chosen not in ("--listen", "--config"):
                words += ["--listen", "127.0.0.1:0"]
            if serves(*words, key="omar"):
                served.add(f"{command} {chosen}")


def look(what, content):
    """Nothing that was typed or planted, but for names that are to be read."""
    for canaries in (planted, typed):
        found = canaries.found(content)
        checks.check(not found, f"{what} holds what was typed into {found}")
    found = set(names.found(content))
    checks.check(found <= IN_CLEAR, f"{what} holds the names {sorted(found - IN_CLEAR)}")
    return found


provider.run("init", "--origin", names.plant_name("init --origin"))
examples_with_canaries()
people()
provider.serve()
server, provider.server = provider.server, None
every = dict(commands())
checks.check(len(every) > 70, f"the commands of --help: {len(every)}")
OPENED, FINDING = review()
decide(OPENED, FINDING)
afterwards()
GOOD = good_values(OPENED)
narrow = {
    f"{command} {name}"
    for command, names_of in (line.split(": ") for line in NARROW.splitlines())
    for name in names_of.split()
}
fields_of = {
    f"{command} {name}"
    for command, fields in every.items()
    for name, kind, _ in fields
    if kind == "TEXT"
}
classified = FREE | FREE_FILES | narrow
checks.check(
    fields_of == classified,
    "each field is classified: plant a canary, or list it as narrow: "
    f"{sorted(fields_of ^ classified)}",
)
for command, fields in every.items():
    if command not in SERVERS | APART:
        type_into(command, fields, GOOD)
checks.check(taken == FREE | FREE_FILES, f"planted, and classified: {taken ^ (FREE | FREE_FILES)}")
server.terminate()
look("serve", b"\n".join(server.communicate(timeout=60)))
for command in sorted(SERVERS):
    type_into(command, every[command], GOOD)
# Some of it is taken: their logs, tables and copies are written with it.
TAKEN = {"serve --table-to", "serve --verdicts", "point --state", "point --verdicts"}
checks.check(TAKEN <= served, f"these start no server: {sorted(TAKEN - served)}")
provider.run("backup", provider.work / "backup", "--keys", provider.work / "keys-apart")
provider.run("export", provider.work / "export")
for folder in ("data/log", "data/table", "data/quarantine", "backup", "keys-apart", "export/log"):
    for path in sorted((provider.work / folder).rglob("*")):
        if path.is_file():
            look(path, path.read_bytes() + path.name.encode())
# Nothing of it is in clear in the database, nor in its journal.
read = set()
for path in sorted(provider.data.glob("proviso.db*")):
    read |= look(path, path.read_bytes())
checks.check(read == IN_CLEAR, f"names that are to be read are in clear: {IN_CLEAR - read}")
# The search finds what is there: the state, which is confidential, has what was accepted.
state = set(sum(planted.found_below(provider.work / "export/state").values(), []))
checks.check({"case open --title", "claim add --text"} <= state, f"the state has them: {state}")
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
typed_count = len(typed.where) + len(names.where)
print(f"{len(every)} commands, {len(planted.where)} planted, {typed_count} typed", flush=True)
checks.end()
