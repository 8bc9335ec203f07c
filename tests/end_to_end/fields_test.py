"""What is typed into any field of any command stays out of all that others can see: the log, the
decision table, what `serve` prints, backups.

The commands and their fields are those of `--help`: a field that is not classified here fails.
"""

import json
import re
import subprocess

import case
from canaries import NUMBER, Canaries
from provider import Checks, arguments
from story_parts import ARTICLE, PEOPLE, add_report, begin, day

provider = arguments()
checks = Checks()
planted = Canaries(5)
typed = Canaries(6)
taken = set()

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
NARROW = set(
    """--case --claim --decision --hearing --appeal --step --report --subscription --unit --class
--region --from --to --limit --audience --due --until --outcome --corrects --kind --purpose --code
--hash --plan-hash --check --at --operation --service --unknown --from-customer --story --vkey
--first-roster --notice --restored-by --lifts --customer --part --basis --origin --log-key --html
--plots --out --entry --proof --log --keys --published --listen --config --cost --seed --memory
--quarantine-limit --world --customers --examples --dir --original --evidence-class --quorum
--policy --seen --store --publish --publish-prefix --set-policy --new-key --state --name
--table --table-to --metrics --log --verdicts --drain
--witness --size --old --key-file --interval --timeout --url --origin-key
APPEAL CASE CLAIM DECISION DRAFT ERASURE FILE FOLDER HEARING INDEX KIND REPORT SOURCE STEP URL
OF""".split()
)
# They run until they are stopped, or start a story of their own.
NOT_TYPED = {"serve", "point", "demo", "log witness", "witness serve"}


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


def type_into(command, fields):
    """A canary in each field, one after the other, and in all that must be given."""
    for chosen, kind, _ in fields:
        if kind != "TEXT":
            continue
        words = command.split()
        for name, takes, required in fields:
            if name != chosen and not required:
                continue
            value = typed.plant(f"{command} {name}") if takes == "TEXT" else "1"
            words += [value] if not name.startswith("--") else [name, *([value] if takes else [])]
        say(*words, key="omar")


provider.run("init")
examples_with_canaries()
people()
provider.serve()
server, provider.server = provider.server, None
every = dict(commands())
checks.check(len(every) > 70, f"the commands of --help: {len(every)}")
OPENED, FINDING = review()
decide(OPENED, FINDING)
afterwards()
for command, fields in every.items():
    for name, kind, _ in fields:
        if kind != "TEXT":
            continue
        known = f"{command} {name}" in FREE | FREE_FILES or name in NARROW
        checks.check(known, f"`{command} {name}` is not classified: plant a canary, or say why not")
    if command not in NOT_TYPED:
        type_into(command, fields)
checks.check(taken == FREE | FREE_FILES, f"planted, and classified: {taken ^ (FREE | FREE_FILES)}")
provider.run("backup", provider.work / "backup", "--keys", provider.work / "keys-apart")
provider.run("export", provider.work / "export")
server.terminate()
said = b"\n".join(server.communicate(timeout=60))

for canaries in (planted, typed):
    found = canaries.found(said)
    checks.check(not found, f"`serve` says what was typed into {found}")
    for folder in ("data/log", "data/table", "data/quarantine", "backup", "keys-apart"):
        found = canaries.found_below(provider.work / folder)
        checks.check(not found, f"{folder} holds what was typed into: {found}")
    found = canaries.found_below(provider.work / "export/log")
    checks.check(not found, f"the exported log holds what was typed into: {found}")
# Nothing of it is in clear in the database, nor in its journal.
for path in sorted(provider.data.glob("proviso.db*")):
    found = planted.found(path.read_bytes()) + typed.found(path.read_bytes())
    checks.check(not found, f"{path.name} holds in clear what was typed into {found}")
# The search finds what is there: the state, which is confidential, has what was accepted.
state = set(sum(planted.found_below(provider.work / "export/state").values(), []))
checks.check({"case open --title", "claim add --text"} <= state, f"the state has them: {state}")
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
print(f"{len(every)} commands, {len(planted.where)} planted, {len(typed.where)} typed", flush=True)
checks.end()
