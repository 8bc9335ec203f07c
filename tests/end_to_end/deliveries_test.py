"""Deliveries of metering: the same bytes, other bytes for a period, parts, and a real sample."""

import csv
import datetime
import json
import pathlib

import focus_rows
from input_matrix import kept
from provider import Checks, Provider, arguments

provider = arguments()
checks = Checks()
SUBSCRIPTION = "sub-em-archive-01"


def file_of(name, quantity):
    """A file of one row in March 2026."""
    row = focus_rows.row(SUBSCRIPTION, datetime.date(2026, 3, 1), quantity)
    return provider.write(name, focus_rows.csv_text([row]))


def deliver(*files, add=False):
    return provider.run("import", "usage", *files, *(["--add"] if add else []))["files"]


def march():
    """The unit-hours that metering says, summed over classes."""
    told = provider.run("usage", "rollup", "--subscription", SUBSCRIPTION)
    month, quantity = told["columns"].index("MONTH"), told["columns"].index("QUANTITY")
    return [row[quantity] for row in told["rows"] if row[month] == "2026-03"]


def listed():
    """Delivery -> whether it speaks for March."""
    told = provider.run("usage", "list")
    return {row[0]: "replaced" not in row for row in told["rows"]}


provider.run("init")
provider.import_examples()
first = file_of("first.csv", 240)
FIRST = deliver(first)[0]["delivery"]
checks.check(march() == ["240"], f"one delivery: {march()}")
before = kept(provider)
again = provider.run("import", "usage", first)
checks.check(
    again["files"][0]["known"] is True
    and again["rows"] == {"read": 1, "imported": 0, "quarantined": 0, "skipped": 1},
    f"the same bytes again: {again}",
)
checks.check(kept(provider) == before, "the same bytes again changed something")
renamed = provider.work / "renamed.csv"
renamed.write_bytes(first.read_bytes())
deliver(renamed, add=True)
checks.check(kept(provider) == before, "the same bytes under another name changed something")

second = deliver(file_of("second.csv", 480))[0]
checks.check(
    second["replaces"] == [{"delivery": FIRST, "period": "2026-03-01"}],
    f"other bytes replace: {second['replaces']}",
)
checks.check(
    listed() == {FIRST: False, second["delivery"]: True},
    f"usage list shows which delivery is replaced: {listed()}",
)
checks.check(march() == ["480"], f"replaced, not added: {march()}")

added = deliver(file_of("third.csv", 24), add=True)[0]
checks.check(added["replaces"] == [], f"--add replaces nothing: {added['replaces']}")
checks.check(march() == ["504"], f"--add adds: {march()}")

parts = deliver(file_of("part-1.csv", 2400), file_of("part-2.csv", 4800))
gone = {(entry["delivery"], entry["period"]) for part in parts for entry in part["replaces"]}
checks.check(
    gone == {(second["delivery"], "2026-03-01"), (added["delivery"], "2026-03-01")},
    f"parts replace what was there, and not each other: {gone}",
)
speaking = {delivery for delivery, speaks in listed().items() if speaks}
checks.check(
    speaking == {part["delivery"] for part in parts} and len(listed()) == 5,
    f"both parts speak for the period: {listed()}",
)
checks.check(march() == ["7200"], f"the parts are summed: {march()}")

# Of files given together, one that is refused leaves the others' figures whole and says so.
bad = provider.write("bad.csv", "BilledCost\n1\n")
before = kept(provider)
error = provider.run("import", "usage", bad, file_of("after.csv", 1), expect=1)
checks.refused("a refused file before a good one", error, "bad.csv", "line 1")
checks.check(kept(provider) == before and march() == ["7200"], "a refused file changed something")
checks.check(provider.run("log", "verify")["ok"], "the log verifies")


# A sample of real rows, as CSV and as two Parquet files of another writer.
def take_sample(number, path, rows):
    one = Provider(provider.binary, provider.source, provider.work / f"sample-{number}")
    one.run("init")
    told = one.run("import", "usage", path)["files"][0]
    got = told["rows"]
    checks.check(
        got["read"] == rows == got["imported"] + got["quarantined"] + got["skipped"],
        f"{path.name}: counts {got}",
    )
    checks.check(got["imported"] >= rows * 9 // 10, f"{path.name}: {got['imported']} imported")
    checks.check(told["oddities"], f"{path.name}: no oddity reported")
    checks.check(told["focus"] == "1.0", f"{path.name}: FOCUS {told['focus']}")
    set_aside = (
        pathlib.Path(told["quarantine"]).read_text().splitlines() if "quarantine" in told else []
    )
    checks.check(len(set_aside) == got["quarantined"], f"{path.name}: {len(set_aside)} set aside")
    checks.check(one.run("log", "verify")["ok"], f"{path.name}: the log verifies")
    print(f"{path.name}: {json.dumps(got)}", *told["oddities"], sep="\n  ", flush=True)
    return got, told["periods"]


SAMPLE = provider.source / ".." / "shared" / "data" / "focus"
STEM = "focus_1.0_real_anonymised_1000"
if SAMPLE.is_dir():
    with open(SAMPLE / f"{STEM}.csv", newline="", encoding="utf-8") as file:
        count = sum(1 for _ in csv.DictReader(file))
    checks.check(count == 1000, f"the sample has {count} rows")
    figures = [
        take_sample(number, SAMPLE / f"{STEM}.{ending}", count)
        for number, ending in enumerate(("csv", "snappy.parquet", "zstd.parquet"))
    ]
    checks.check(figures[0] == figures[1] == figures[2], f"one sample, three figures: {figures}")
else:
    print(f"SKIPPED: looked for the public FOCUS sample in {SAMPLE.resolve()}", flush=True)
checks.end()
