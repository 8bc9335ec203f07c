"""The commands of the README's own provider and of the guides run as they are written."""

import hashlib
import json
import os
import re
import shutil
import subprocess

from provider import Checks, arguments

provider = arguments()
checks = Checks()
SHELL = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)


def blocks(path, heading=""):
    text = (provider.source / path).read_text()
    return SHELL.findall(text[text.index(heading) :])


def ran(name, scripts):
    """Runs the blocks in one shell, in the project's folder as a user has it after ./run build."""
    project = provider.work / name
    (project / "build/release").mkdir(parents=True)
    (project / "build/release/proviso").symlink_to(provider.binary)
    shutil.copytree(provider.source / "examples", project / "examples")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PROVISO_")}
    script = "set -eu\n" + "\necho '== next block'\n".join(scripts)
    done = subprocess.run(
        ["sh", "-c", script], cwd=project, env=environment, capture_output=True, text=True
    )
    shown = f"{name}: exit {done.returncode}: {done.stdout[-2000:]}{done.stderr}"
    checks.check(done.returncode == 0, shown)
    parts = done.stdout.split("== next block\n")
    checks.check(len(parts) == len(scripts), f"{name}: every block ran")
    return parts + [""] * (len(scripts) - len(parts)), done.stderr, project


def verdicts(text):
    return re.findall(r"^(deny|allow)\b", text, re.MULTILINE)


def asked_vkey(folder):
    return json.loads((folder / "my/verified/proviso.json").read_text())["vkey"]


readme = blocks("README.md", "## A provider of your own")
guide = blocks("docs/guides/first-case.md")
checks.check(len(readme) == 3 and len(guide) == 6, "the blocks of both texts are found")
# What is exported holds in other folders too.
elsewhere = "cd / && proviso case close case-1 --reason 'All done.'\n"
backup = blocks("docs/guides/backup.md")
checks.check(len(backup) == 6, f"the blocks of the guide are found: {len(backup)}")
parts, _, first = ran("first-case", readme + guide + backup + [elsewhere])
found = verdicts(parts[5])
checks.check(found == ["deny", "allow", "allow"], f"as the guide says: {found}")
checks.check("supported" in parts[3], "the claims are supported")
checks.check("\nallow (table" in parts[6], "lifted")
checks.check("the log holds" in parts[6], "the log verifies")
exported = {str(file.relative_to(first / "my/export")) for file in (first / "my/export").rglob("*")}
for name in (
    *("log/checkpoint", "table/current", "state/cases/case-1.json", "state/catalogue.json"),
    *("state/customers.json", "state/terms.json", "state/roster.json", "state/deliveries.json"),
    *("state/decisions/decision-1.json", "state/decisions/decision-1.statement.md"),
):
    checks.check(name in exported, f"the export holds {name}")
checks.check("the log holds" in parts[7] and '"lifted"' in parts[7], "the exported log verifies")
checks.check("the proof holds" in parts[8], f"the proof of one entry holds: {parts[8][-300:]}")
checks.check("held, and has the committed SHA-256" in parts[8], "its parts are opened")


def backed_up(parts):
    """As the guide says, after whatever was done before."""
    checks.check("0 of them" not in parts[0] and "of them copied now" in parts[0], "copied")
    checks.check("whole" in parts[2], f"every file is as the log says: {parts[2]}")
    checks.check("details: held" in parts[3] and "destroyed" not in parts[3], "nothing is gone yet")
    checks.check(
        "destroyed for good" in parts[4] and "details: erased on" in parts[4], "then it is"
    )
    checks.check("from the published log" in parts[5] and "the log holds" in parts[5], "put back")
    checks.check("details: erased on" in parts[5], f"from Monday's copy too: {parts[5]}")


backed_up(parts[9:15])
parts, _, project = ran("backup", readme + backup)
backed_up(parts[3:9])

gives_way = blocks("docs/guides/supersede.md")
checks.check(len(gives_way) == 2, f"the blocks of the guide are found: {len(gives_way)}")
parts, _, _ = ran("supersede", readme + guide[:3] + gives_way)
for words in (
    "denied from then on",
    "allowed again",
    "stays denied",
    "takes the place of decision-1",
):
    checks.check(words in parts[6], f"the plan says `{words}`: {parts[6]}")
checks.check("deny: restricted by decision-2" in parts[7], f"the later one answers: {parts[7]}")
checks.check("superseded by decision-2" in parts[7], f"the earlier one gave way: {parts[7]}")

story = blocks("docs/guides/story.md")
checks.check(len(story) == 17, f"the blocks of the story are found: {len(story)}")
parts, refusals, project = ran("story", story)
whole = "".join(parts)
for words in (
    "9 received, 4 stories",
    "closing case-1 recorded",
    "reopening of case-1 recorded",
    "Received: hearing-1",
    "decision of appeal-1 recorded",
    "the log holds",
):
    checks.check(words in whole, f"the story says: {words}")
for words in (
    "the customer is being heard",
    "an appeal is heard by somebody who had no part",
    "step-1 can still be met",
):
    checks.check(words in refusals, f"the story is refused: {words}")
for outcome in ("supported", "partly_supported", "not_supported", "undeterminable"):
    checks.check(f"finding: {outcome}\n" in parts[-1], f"a claim of the story ends {outcome}")
found = verdicts(whole)
checks.check(
    found == ["deny", "allow", "deny", "allow", "allow", "deny"], f"as the story says: {found}"
)
page = (project / "my/story/case-1.html").read_text()
checks.check("hearing-1" in page and "appeal-1" in page, "the page shows hearing and appeal")
checks.check(any((project / "my/story/plots").iterdir()), "there are plots")

# A witness that outlives a block that failed would keep the test waiting.
ENDS = "trap 'kill $(cat my/witness/pid) 2>/dev/null || true' EXIT\n"
witness = blocks("docs/guides/witness.md")
checks.check(len(witness) == 6, f"the blocks of witnesses are found: {len(witness)}")
told, warned, _ = ran("witness", [ENDS + witness[0], *witness[1:]])
checks.check("witness.example.org/w1+" in told[0], "a witness has a key")
checks.check(told[2].count("\n\u2014 ") == 2, f"two signatures: {told[2]}")
checks.check("the log holds" in told[3] and "policy: met" in told[3], "a reader sees the quorum")
checks.check("the proof holds" in told[3] and told[3].count("policy: met") == 2, "and a proof's")
checks.check("was an older copy of the data directory put back" in warned, f"{warned}")

ENDS = "trap 'kill $(cat my/point.pid my/serve.pid) 2>/dev/null || true' EXIT\n"
operate = blocks("docs/guides/operate.md")
checks.check(len(operate) == 3, f"the blocks of the guide are found: {len(operate)}")
told, _, _ = ran("operate", [ENDS + operate[0], *operate[1:]])
checks.check("table " in told[1] and "proviso_table_alarm 0" in told[1], "the point is ready")
checks.check('"reason":"missing"' in told[2] and '"event":"stop"' in told[2], "and goes on alone")


# One proof checked with openssl alone; and what it says of a proof in which one digit changed.
verify = blocks("docs/guides/verify.md")
checks.check(len(verify) == 4, f"the blocks of the guide are found: {len(verify)}")
path = 'export PATH="$PWD/build/release:$PATH"\n'
parts, _, folder = ran("verify", [path, *verify])
checks.check("Signature Verified Successfully" in parts[2], f"the signature: {parts[2]}")
checks.check("entry 1 is one of the 3 entries of log.example.com/x" in parts[4], f"{parts[4]}")
leaf = (folder / "my/entry").read_bytes()
digest = hashlib.sha256(b"\0" + leaf).hexdigest()
checks.check(digest in parts[3], f"the hash of the leaf: {parts[3]}")
proof = folder / "my/entry.tlog-proof"
text = proof.read_text()
hashes = text.split("\n\n")[0].splitlines()[3:]
for place, what in ((text.index(hashes[0]) + 5, "hash"), (text.index("extra ") + 40, "entry")):
    other = "A" if text[place] != "A" else "B"
    proof.write_text(text[:place] + other + text[place + 1 :])
    script = f"set -eu\nvkey='{asked_vkey(folder)}'\ncd my/..\n" + "\n".join(verify[1:])
    done = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True)
    checks.check(
        done.returncode == 1 and "the proof does not hold" in done.stdout,
        f"another {what}: {done.returncode}: {done.stdout[-300:]}{done.stderr}",
    )


def asked(*words):
    command = [provider.binary, "-C", project / "my/story/data", "--json", *words]
    return json.loads(subprocess.run(command, capture_output=True, text=True).stdout)


# What the story came to is all in the document.
document = (provider.source / "docs/formats/case.md").read_text()
events = (provider.source / "docs/formats/events.md").read_text()
rows = dict(re.findall(r"^\| `([a-z_.\[\]]+)` \| (.*) \|$", document, re.M))
shown = asked("case", "show", "case-1")
# What is adopted by number is the sentence that its checks are about.
for claim, words in {
    "claim-2": "11,500 terabytes",
    "claim-3": "64-fold",
    "claim-4": "agreements",
    "claim-5": "face recognition",
}.items():
    text = next(item["text"] for item in shown["claims"] if item["id"] == claim)
    checks.check(words in text, f"{claim} is about {words}: {text}")
for member, value in shown.items():
    named = f"`{member}`" in document or f"{member}[]" in rows
    checks.check(named, f"case.md names `{member}`")
    items = value if isinstance(value, list) else []
    for inner in {key for item in items if isinstance(item, dict) for key in item}:
        checks.check(f"`{inner}`" in rows.get(f"{member}[]", ""), f"case.md: {member}[].{inner}")
for kind in {event["type"] for event in shown["timeline"]}:
    checks.check(f"| `{kind}` |" in events, f"events.md names the event {kind}")
checks.end()
