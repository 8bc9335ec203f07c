"""Each input format with each fault: refused or set aside, with the place and what to do, and
nothing half-imported. Prints the matrix at its end."""

import json
import pathlib
import re

import focus_rows
import input_matrix
from input_matrix import LATIN, NUL, QUESTION, ROWS, give, kept, questions, usage_rows
from parquet_file import DOUBLE, parquet, text_columns
from provider import Checks, arguments

provider = arguments()
checks = Checks()
formats = input_matrix.prepare(provider)
FAULTS = [
    "empty",
    "truncated",
    "wrong type",
    "UTF-16",
    "Latin-1",
    "NUL byte",
    "missing",
    "duplicate",
]
table = {}
# What tells a reader how to go on: an instruction behind a semicolon, or what was expected.
REMEDY = re.compile(r"; \w|\bexpected\b")


def refusal(name, fault, content, place, *parts):
    """`place` is a line of the file, or None where the fault is the whole file's."""
    format_ = formats[name]
    what = f"{name}, {fault}"
    failed = checks.failed
    before = kept(provider)
    answer = give(provider, format_, content)
    checks.check(answer.code == 1, f"{what}: exit {answer.code}, expected 1: {answer.err.strip()}")
    shown = answer.err
    checks.check(format_.file in shown, f"{what}: no file name in: {shown.strip()}")
    lines = [int(line) for line in re.findall(r"(?:\.yaml:|\bline |\brow )(\d+)", shown)]
    checks.check(place is None or place in lines, f"{what}: no line {place} in: {shown.strip()}")
    checks.check(REMEDY.search(shown), f"{what}: no remedy in: {shown.strip()}")
    checks.refused(what, shown, *parts)
    after = kept(provider)
    checks.check(
        after == before,
        f"{what}: changed " f"{[key for key in before if before[key] != after[key]]}",
    )
    table[name, fault] = told(failed, "refused" if place is None else f"refused at line {place}")


def told(failed, outcome):
    return outcome if checks.failed == failed else f"FAILED ({outcome})"


def line_of(text, part):
    assert text.count(part) > 0, part
    return text[: text.index(part)].count("\n") + 1


def changed(text, old, new):
    assert old in text, old
    return text.replace(old, new, 1)


def yaml_faults(name, cut, name_word, wrong, missing, duplicate):
    """`cut`: where the text ends; the others (old, new, what the error says[, lines further])."""
    text = formats[name].good.decode()
    refusal(name, "empty", b"", 1, "empty")
    refusal(
        name,
        "truncated",
        text[: text.index(cut) + len(cut)].encode(),
        line_of(text, cut),
        "cut off",
    )
    refusal(name, "UTF-16", text.encode("utf-16"), None, "UTF-8")
    at = line_of(text, name_word)
    refusal(
        name, "Latin-1", changed(text, name_word, name_word + LATIN).encode("latin-1"), at, "UTF-8"
    )
    refusal(name, "NUL byte", changed(text, name_word, name_word + NUL).encode(), at, "NUL")
    for fault, (old, new, said, *further) in (
        ("wrong type", wrong),
        ("missing", missing),
        ("duplicate", duplicate),
    ):
        refusal(
            name,
            fault,
            changed(text, old, new).encode(),
            line_of(text, old) + (further[0] if further else 0),
            said,
        )


yaml_faults(
    "catalogue.yaml",
    "{id: ie-1, na",
    "Netherlands",
    ("regions: [nl-1, ie-1, de-1]", "regions: nl-1", "`regions`"),
    (", kind: level, unit: GB}", ", kind: level}", "`unit`"),
    ("{id: nl-1,", "{id: nl-1, id: nl-1,", "duplicate key `id`"),
)
yaml_faults(
    "customers.yaml",
    "{terms: acceptable-use, ver",
    "name: Example Ministry",
    (
        "contract: {terms: acceptable-use, version: 2026-01, since: 2021-03-01}",
        "contract: acceptable-use",
        "`contract`",
    ),
    (", since: 2021-03-01", "", "`since`"),
    ("{terms: acceptable-use,", "{terms: acceptable-use, terms: x,", "duplicate key `terms`"),
)
yaml_faults(
    "terms.yaml",
    "classes: [compute, eg",
    "title: Attacks",
    ("  decision: 2", "  decision: two", "`decision`"),
    ("  decision: 2\n", "", "`decision`"),
    ("  lift: 2\n", "  lift: 2\n  lift: 2\n", "duplicate key `lift`", 1),
)
yaml_faults(
    "roster.yaml",
    "{id: ben, name: Be",
    "name: Ben",
    ("quorum: 2", "quorum: two", "`quorum`"),
    ("name: Ben Example, ", "", "`name`"),
    ("{id: ben, ", "{id: ben, id: ben, ", "duplicate key `id`"),
)
yaml_faults(
    "decision.yaml",
    "classes: [object",
    "summary: Bulk",
    ("facts: [finding-1]", "facts: {a: finding-1}", "facts"),
    ('clause: "4.2"\n', "", "clause", -1),
    ('clause: "4.2"\n', 'clause: "4.2"\nclause: "4.2"\n', "duplicate key `clause`", 1),
)
yaml_faults(
    "world.yaml",
    "points: {2026-01",
    "Netherlands",
    ("months: 1", "months: one", "`months`"),
    (", name: Netherlands", "", "`name`"),
    ("currency: EUR\n", "currency: EUR\ncurrency: EUR\n", "duplicate key `currency`", 1),
)
yaml_faults(
    "serve.yaml",
    "region: {const",
    "overwritten_by: nginx",
    ("service: {header: X-Proviso-Service}", "service: blob-store", "service"),
    ("    overwritten_by: nginx\n", "", "overwritten_by", -2),
    (
        "    protocol: forward-auth\n",
        "    protocol: forward-auth\n    protocol: x\n",
        "duplicate key `protocol`",
        1,
    ),
)

# A key file is JSON. Nothing is opened with a key that cannot be read.
KEY = "key file"
text = formats[KEY].good.decode()
refusal(KEY, "empty", b"", 1)
refusal(KEY, "truncated", text[: text.index("sealed") + 30].encode(), line_of(text, "sealed"))
refusal(KEY, "wrong type", re.sub(r'"n": \d+', '"n": "many"', text).encode(), None, "`n`")
refusal(KEY, "UTF-16", text.encode("utf-16"), None, "UTF-8")
refusal(KEY, "Latin-1", changed(text, "proviso-key", LATIN).encode("latin-1"), None, "UTF-8")
refusal(KEY, "NUL byte", changed(text, "proviso-key", NUL).encode(), line_of(text, "proviso-key"))
refusal(
    KEY, "missing", re.sub(r'"salt": "[0-9a-f]+"', '"pepper": ""', text).encode(), None, "`salt`"
)
refusal(
    KEY,
    "duplicate",
    changed(text, '"format"', '"format": "proviso-key/v1", "format"').encode(),
    None,
    "duplicate key `format`",
)


def question_fault(fault, content, place, *parts):
    """One answer a line whatever is wrong; the others of three questions are answered."""
    what = f"decide --stdin, {fault}"
    failed = checks.failed
    before = kept(provider)
    answer = give(provider, formats["decide --stdin"], content)
    lines = answer.lines()
    checks.check(answer.code == 1, f"{what}: exit {answer.code}")
    checks.check(len(lines) == 3, f"{what}: {len(lines)} answers to 3 lines")
    errors = [line["error"]["message"] for line in lines if "error" in line]
    right = len(errors) == 1 and "error" in lines[place - 1] and f"line {place}:" in errors[0]
    checks.check(right, f"{what}: expected an error for line {place} only: {answer.out}")
    checks.check(errors and REMEDY.search(errors[0]), f"{what}: no remedy in: {errors}")
    checks.refused(what, errors[0] if errors else "", *parts)
    checks.check(kept(provider) == before, f"{what}: something changed")
    table["decide --stdin", fault] = told(failed, f"refused at line {place}")


one = json.dumps(QUESTION)
question_fault("empty", questions(b""), 2)
question_fault("truncated", questions()[:-20], 3)
question_fault(
    "wrong type", questions(json.dumps(dict(QUESTION, region=5)).encode()), 2, "`region`"
)
question_fault("Latin-1", questions(changed(one, "blob", LATIN).encode("latin-1")), 2, "UTF-8")
question_fault("NUL byte", questions(changed(one, "blob", NUL).encode()), 2)
question_fault("missing", questions(changed(one, '"region": "nl-1", ', "").encode()), 2, "`region`")
question_fault(
    "duplicate",
    questions(changed(one, '"region"', '"region": "nl-1", "region"').encode()),
    2,
    "duplicate key `region`",
)
# A line feed is two bytes in UTF-16, so that none of its lines is a question.
answer = give(provider, formats["decide --stdin"], questions().decode().encode("utf-16"))
errors = [line for line in answer.lines() if "error" in line]
checks.check(
    answer.code == 1
    and len(errors) == len(answer.lines()) >= 3
    and "line 1: " in errors[0]["error"]["message"],
    f"decide --stdin, UTF-16: {answer.out}",
)
table["decide --stdin", "UTF-16"] = "refused at line 1"

# Metering. First what refuses the file.
CSV, PARQUET = "FOCUS CSV", "FOCUS Parquet"
rows = usage_rows()
good = formats[CSV].good.decode()
without = [name for name in focus_rows.COLUMNS if name != "ConsumedQuantity"]
refusal(CSV, "empty", b"", None, "empty")
refusal(CSV, "UTF-16", good.encode("utf-16"), None, "UTF-16", "UTF-8")
for fault, letter, said in (("Latin-1", LATIN, "UTF-8"), ("NUL byte", NUL, "NUL")):
    bad = [dict(row) for row in rows]
    bad[20]["RegionName"] += letter
    refusal(CSV, fault, focus_rows.csv_text(bad).encode("latin-1"), 22, "`RegionName`", said)
refusal(CSV, "missing", focus_rows.csv_text(rows, without).encode(), 1, "`ConsumedQuantity`")
refusal(
    CSV,
    "duplicate",
    re.sub(r"(?m)^(.*)$", r"\1,x", good).replace(",x", ",ConsumedQuantity", 1).encode(),
    1,
    "`ConsumedQuantity`",
    "twice",
)
refusal(
    CSV,
    "wrong type",
    focus_rows.csv_text([dict(row, BilledCost="many") for row in rows]).encode(),
    2,
    "`BilledCost`",
    "40 of 40",
    "not_a_decimal",
)

whole = formats[PARQUET].good
refusal(PARQUET, "empty", b"", None, "empty")
refusal(PARQUET, "truncated", whole[: len(whole) // 2], None, "cut off")
columns = text_columns(rows, focus_rows.COLUMNS)


def with_column(name, physical, cells):
    return parquet(
        [(name, physical, cells) if column[0] == name else column for column in columns], ROWS
    )


refusal(
    PARQUET,
    "wrong type",
    with_column("BilledCost", DOUBLE, [1.5] * ROWS),
    None,
    "`BilledCost`",
    "DOUBLE",
    "DECIMAL",
)
refusal(PARQUET, "missing", parquet(text_columns(rows, without), ROWS), None, "`ConsumedQuantity`")
refusal(
    PARQUET,
    "duplicate",
    parquet(columns + [column for column in columns if column[0] == "ConsumedQuantity"], ROWS),
    None,
    "`ConsumedQuantity`",
)
table[PARQUET, "UTF-16"] = "n/a: binary, see Latin-1 for its texts"

# Then the rows that are set aside: which, where and why; all others are taken.
made = 2


def fresh_rows():
    """Rows of a billing period of their own, so that no delivery replaces another one."""
    global made
    made += 1
    return usage_rows(made)


def quarantine(name, fault, content, place, column, reason, bad=1):
    what = f"{name}, {fault} (row)"
    failed = checks.failed
    lake = set((provider.data / "lake").iterdir())
    answer = give(provider, formats[name], content)
    checks.check(answer.code == 0, f"{what}: exit {answer.code}: {answer.err.strip()}")
    if answer.code != 0:
        table[name, fault] = told(failed, "quarantined")
        return
    report = json.loads(answer.out)["files"][0]
    expected = {"read": ROWS, "imported": ROWS - bad, "quarantined": bad, "skipped": 0}
    checks.check(report["rows"] == expected, f"{what}: {report['rows']}, expected {expected}")
    set_aside = (
        [json.loads(line) for line in pathlib.Path(report["quarantine"]).read_text().splitlines()]
        if "quarantine" in report
        else []
    )
    where = {"line" if name == CSV else "row": place, "reason": reason}
    if column:
        where["column"] = column
    checks.check(
        where in set_aside and len(set_aside) == bad, f"{what}: {set_aside}, expected {where}"
    )
    checks.check(len(set((provider.data / "lake").iterdir()) - lake) == 1, f"{what}: one lake file")
    mark = told(failed, f"quarantined at {'line' if name == CSV else 'row'} {place}")
    earlier = table.get((name, fault))
    table[name, fault] = mark if earlier is None else f"{earlier}; {mark}"


def csv_with(at, **cells):
    these = fresh_rows()
    these[at].update(cells)
    return focus_rows.csv_text(these).encode()


def parquet_with(at, column, cell):
    made_columns = text_columns(fresh_rows(), focus_rows.COLUMNS)
    for name, _, cells in made_columns:
        if name == column:
            cells[at] = cell
    return parquet(made_columns, ROWS)


quarantine(
    CSV,
    "truncated",
    focus_rows.csv_text(fresh_rows())[:-60].encode(),
    ROWS + 1,
    None,
    "too_few_fields",
)
quarantine(
    CSV, "wrong type", csv_with(9, ConsumedQuantity="many"), 11, "ConsumedQuantity", "not_a_decimal"
)
quarantine(CSV, "missing", csv_with(9, BillingAccountId=""), 11, "BillingAccountId", "missing")
quarantine(
    PARQUET,
    "wrong type",
    parquet_with(9, "ConsumedQuantity", b"many"),
    10,
    "ConsumedQuantity",
    "not_a_decimal",
)
quarantine(
    PARQUET, "missing", parquet_with(9, "BillingAccountId", b""), 10, "BillingAccountId", "missing"
)
quarantine(
    PARQUET,
    "NUL byte",
    parquet_with(9, "SkuMeter", b"Data\0Stored"),
    10,
    "SkuMeter",
    "control_character",
)
refusal(
    PARQUET, "Latin-1", parquet_with(9, "SkuMeter", b"Data Stor\xe9"), None, "UTF", "`SkuMeter`"
)

# Without its fault each text is taken, so it was the fault that was refused.
for name, format_ in formats.items():
    answer = give(provider, format_, format_.good)
    checks.check(answer.code == 0, f"{name}: the good text is refused: {answer.err.strip()}")
checks.check(provider.run("log", "verify")["ok"], "the log verifies")

print(flush=True)
input_matrix.print_table(list(formats), FAULTS, table)
for cell in ((name, fault) for name in formats for fault in FAULTS):
    checks.check(cell in table, f"no cell for {cell}")
checks.end()
