"""Samples of XARF v4 by others are taken in, and what is no XARF v4 is refused with its place.

Their data lies beside the source, in ../shared/data/xarf; without it this test is skipped.
"""

import base64
import hashlib
import json
import sys

from provider import Checks, arguments

SAMPLES = 32
REQUIRED = (
    "xarf_version",
    "report_id",
    "timestamp",
    "reporter",
    "sender",
    "source_identifier",
    "category",
    "type",
)

provider = arguments()
checks = Checks()
data = provider.source.parent / "shared/data/xarf"
if not data.is_dir():
    print(f"SKIPPED: no samples of XARF: {data} is not there")
    sys.exit(77)
samples = sorted((data / "samples/v4").glob("*.json"))
checks.check(len(samples) == SAMPLES, f"{len(samples)} samples, expected {SAMPLES}")
provider.run("init")
provider.make_people()


def add(paths, expect):
    """What `report add` answers about these files, with its exit code."""
    process = provider.start("report", "add", *paths, "--json", key="anna")
    out, err = process.communicate()
    checks.check(process.returncode == expect, f"exit {process.returncode}: {err.decode()[:500]}")
    return json.loads(out)


def evidence_faults(sample):
    """Items of evidence whose hash or size is not that of their payload."""
    found = set()
    for at, item in enumerate(sample.get("evidence", [])):
        payload = base64.b64decode(item["payload"])
        name, _, value = item.get("hash", "").partition(":")
        if name and hashlib.new(name, payload).hexdigest() != value.lower():
            found.add(f"$.evidence[{at}].hash")
        if item.get("size", len(payload)) != len(payload):
            found.add(f"$.evidence[{at}].size")
    return found


# Each sample is taken, with a note where its evidence is not what it says, and no other note.
answer = add(samples, 0)
checks.check(answer["refused"] == [], f"refused: {answer['refused']}")
files = [report["file"] for report in answer["reports"]]
checks.check(files == [path.name for path in samples], f"taken: {files}")
provider.run("case", "open", "--title", "Example", key="anna")
noted = 0
for path, report in zip(samples, answer["reports"]):
    sample = json.loads(path.read_bytes())
    said = {fault for fault in report["defects"] if "`$.evidence[" in fault}
    places = {fault.split("`")[1] for fault in said}
    expected = evidence_faults(sample)
    checks.check(places == expected, f"{path.name}: {report['defects']}, expected {expected}")
    noted += len(expected)
    checks.check(report["kind"] == "abuse-report", f"{path.name}: {report['kind']}")
    provider.run("report", "join", report["id"], "--case", "case-1", key="anna")
    copy = provider.work / "original"
    copy.unlink(missing_ok=True)
    words = ["--case", "case-1", "--purpose", "review", "--original", copy]
    shown = provider.run("report", "show", report["id"], *words, key="anna")
    checks.check(copy.read_bytes() == path.read_bytes(), f"{path.name}: another original")
    details = shown["document"]["details"]
    for member in ("category", "type", "report_id", "timestamp", "source_identifier"):
        checks.check(details[member] == sample[member], f"{path.name}: `{member}` is another one")
    text = json.dumps(shown["document"])
    for item in sample.get("evidence", []):
        checks.check(item["payload"] not in text, f"{path.name}: a payload is in the document")
checks.check(noted > 0, "no sample has evidence with another hash, so that no note is tested")

# What is wrong, by the file that holds it: the JSON path and the reason.
wrong = {}


def refuse(name, document, *parts):
    path = provider.write(
        f"{name}.json", document if isinstance(document, str) else json.dumps(document)
    )
    wrong[str(path)] = parts


types = {}
for path in samples:
    sample = json.loads(path.read_bytes())
    types.setdefault(sample["category"], {})[sample["type"]] = sample
everything = {type_: sample for of in types.values() for type_, sample in of.items()}
for category, own in types.items():
    for type_, sample in everything.items():
        if type_ not in own:
            changed = dict(sample, category=category)
            parts = ("`$.type`", f"`{category}`", f"`{type_}`", *own)
            refuse(f"{category}-{type_}", changed, *parts)
    first = next(iter(own.values()))
    refuse(f"{category}-type", dict(first, type="mass_surveillance"), "`$.type`", *own)
    refuse(f"{category}-category", dict(first, category="policy"), "`$.category`", *types)
    for member in REQUIRED:
        less = {key: value for key, value in first.items() if key != member}
        refuse(f"{category}-no-{member}", less, f"`$.{member}`", "missing")
sample = everything["phishing"]
for member in REQUIRED:
    refuse(f"null-{member}", dict(sample, **{member: None}), f"`$.{member}`")
refuse("time", dict(sample, timestamp="yesterday"), "`$.timestamp`")
refuse("id", dict(sample, report_id="1"), "`$.report_id`")
refuse("reporter", dict(sample, reporter={"org": 5}), "`$.reporter.org`", "`$.reporter.contact`")
refuse("confidence", dict(sample, confidence=7), "`$.confidence`", "1")
refuse("evidence", dict(sample, evidence={"payload": ""}), "`$.evidence`")
refuse("item", dict(sample, evidence=[{"payload": "YQ=="}]), "`$.evidence[0].content_type`")
refuse("v2", dict(sample, xarf_version="2.0.0"), "`$.xarf_version`")
refuse("broken", json.dumps(sample, indent=1)[:-3], "line", "column")
invalid = sorted((data / "parser-tests/samples/invalid").rglob("*.json"))
earlier = sorted((data / "parser-tests/samples/valid/v3").glob("*.json"))
checks.check(len(invalid) == 5 and len(earlier) == 4, "samples that are not valid")
wrong.update({str(path): ("$." if path.stem != "invalid_json" else "line",) for path in invalid})
wrong.update({str(path): ("XARF v3", "ask the sender for XARF v4") for path in earlier})

before = provider.run("report", "list")["received"]
answer = add(wrong, 1)
for report in answer["reports"]:
    checks.check(False, f"{report['file']} was taken in: {report['defects']}")
refused = {item["file"]: item["error"] for item in answer["refused"]}
checks.check(list(refused) == list(wrong), f"{len(refused)} of {len(wrong)} are refused")
for file, parts in wrong.items():
    checks.refused(file, refused.get(file, ""), *parts)
received = provider.run("report", "list")["received"]
checks.check(received == before == SAMPLES, f"{received} reports, expected {SAMPLES}")
kept = len(list((provider.data / "reports").iterdir()))
checks.check(kept == SAMPLES, f"{kept} originals, expected {SAMPLES}")
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
print(f"{SAMPLES} samples taken, {noted} notes on evidence, {len(wrong)} faulty reports refused")
checks.end()
