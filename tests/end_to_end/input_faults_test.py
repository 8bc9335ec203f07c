"""Each input format with each fault: refused or set aside, with the place and what to do, and
nothing half-imported. Prints the matrix at its end."""

import json
import pathlib
import re

import focus_rows
import input_matrix
from input_matrix import LATIN, NUL, QUESTION, ROWS, faulty_path, give, kept, questions, usage_rows
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
REMEDY = re.compile(r"; \w|\bexpected\b|\bis required and missing\b")


def refusal(name, fault, content, place, *parts):
    """`place` is a line of the file, or None where the fault is the whole file's."""
    format_ = formats[name]
    what = f"{name}, {fault}"
    failed = checks.failed
    before = kept(provider)
    answer = give(provider, format_, content)
    checks.check(answer.code == 1, f"{what}: exit {answer.code}, expected 1: {answer.err.strip()}")
    shown = answer.err
    # TODO(#3): that of an answer or an appeal names neither the file nor the line.
    named = format_.file in shown or name in ("answer", "appeal")
    checks.check(named, f"{what}: no file name in: {shown.strip()}")
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

# Documents. What is refused leaves no report and no sealed original; the error lies in the answer
# too, since each of several files has its own.
HTML, TEXT, LETTER, NOTICE, XARF = documents = [
    "article HTML",
    "article text",
    "letter",
    "legal notice",
    "XARF JSON",
]
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def taken(name, fault, content, *notes):
    """A fault that costs nothing: the document is taken in, with a note of what is odd."""
    what = f"{name}, {fault}"
    failed = checks.failed
    answer = give(provider, formats[name], content)
    checks.check(answer.code == 0, f"{what}: exit {answer.code}: {answer.err.strip()}")
    if answer.code == 0:
        defects = json.loads(answer.out)["reports"][0]["defects"]
        checks.refused(what, " ".join(defects), *notes)
    table[name, fault] = told(failed, "taken with a note")


for name in documents:
    text = formats[name].good.decode()
    word = "Example Ministry"
    at = line_of(text, word)
    refusal(name, "empty", b"", None, "empty")
    refusal(name, "wrong type", PDF, None, "PDF")
    taken(name, "UTF-16", text.encode("utf-16"), "UTF-16")
    refusal(name, "UTF-16, no mark", text.encode("utf-16-le"), 1, "NUL")
    refusal(name, "Latin-1", changed(text, word, word + LATIN).encode("latin-1"), at, "UTF-8")
    refusal(name, "NUL byte", changed(text, word, word + NUL).encode(), at, "NUL")
    other = "letter" if name == XARF else "abuse-report"
    given = input_matrix.Format(
        name, formats[name].file, b"", ["report", "add", "{}", "--kind", other], "anna"
    )
    formats["other kind"] = given
    refusal("other kind", name, formats[name].good, None)
    del formats["other kind"]
    table[name, "wrong type"] += "; another kind " + table.pop(("other kind", name))

# A text that ends early is a shorter text, unless nothing is left of it.
refusal(HTML, "truncated", formats[HTML].good[:60], None, "article")
refusal(TEXT, "truncated", formats[TEXT].good.splitlines()[0], None, "text")
refusal(LETTER, "truncated", b"From: Ines Sample\nDate: 2026-05-18\n", None, "text")
refusal(NOTICE, "truncated", b"Law: Example Act, section 9\nReference: EX-1\n", None, "text")
text = formats[XARF].good.decode()
cut = "A host of the Example Ministry"
refusal(XARF, "truncated", text[: text.index(cut)].encode(), line_of(text, cut))
refusal(HTML, "missing", b"<title>Example</title><body><img src=a></body>", None, "article")
for name in (TEXT, LETTER):
    refusal(name, "missing", b"Title: Example\nOutlet: Example Herald\n", None, "paragraph")
refusal(NOTICE, "missing", b"Law: Example Act\n", None, "paragraph")
refusal(
    XARF, "missing", changed(text, '"timestamp"', '"timestomp"').encode(), None, "`$.timestamp`"
)
for name in (TEXT, LETTER, NOTICE):
    doubled = b"Law: Example Act\nDate: 2026-05-18\nDate: 2026-05-19\n\nWe ask you to look.\n"
    taken(name, "duplicate", doubled, "line 3", "`date`")
table[HTML, "duplicate"] = "n/a: an element may come twice"
refusal(
    XARF,
    "duplicate",
    changed(text, '"category"', '"category": "content", "category"').encode(),
    None,
    "duplicate key `category`",
)
refusal(XARF, "wrong type", changed(text, "0.6", '"high"').encode(), None, "`$.confidence`")

# Registers. What refuses the file first, then the rows that are set aside.
CONTRACTS, INVOICES = registers = ["contracts.csv", "invoices.csv"]
SOURCES = {CONTRACTS: ("agreement", "from"), INVOICES: ("invoice", "month")}
for name in registers:
    good = formats[name].good.decode()
    lines = good.splitlines(keepends=True)
    number, day = SOURCES[name]
    refusal(name, "empty", b"", None, "empty")
    refusal(name, "truncated", good[:-20].encode(), len(lines), "cut off")
    refusal(name, "UTF-16", good.encode("utf-16"), None, "UTF-16", "UTF-8")
    for fault, letter, said in (("Latin-1", LATIN, "UTF-8"), ("NUL byte", NUL, "NUL")):
        bad = [*lines]
        bad[20] = bad[20].replace(",ba-", f",b{letter}-", 1)
        refusal(name, fault, "".join(bad).encode("latin-1"), 21, said)
    refusal(name, "missing", changed(good, day, "extra").encode(), 1, f"`{day}`")
    twice = re.sub(r"(?m)^(.*)$", r"\1,x", good).replace(",x", f",{number}", 1)
    refusal(name, "duplicate", twice.encode(), 1, "columns 1 and", "same name")
    every = re.sub(r",20(\d\d)-", r",many\1-", good)
    refusal(name, "wrong type", every.encode(), 2, f"`{day}`")


def set_aside(name, fault, lines, place, reason):
    """One row is bad: it is named in the quarantine, and the others are taken."""
    what = f"{name}, {fault} (row)"
    failed = checks.failed
    answer = give(provider, formats[name], "".join(lines).encode())
    checks.check(answer.code == 0, f"{what}: exit {answer.code}: {answer.err.strip()}")
    if answer.code == 0:
        report = json.loads(answer.out)
        read = len(lines) - 1
        expected = {"read": read, "imported": read - 1, "quarantined": 1, "skipped": 0}
        checks.check(report["rows"] == expected, f"{what}: {report['rows']}, expected {expected}")
        found = [
            json.loads(line) for line in pathlib.Path(report["quarantine"]).read_text().splitlines()
        ]
        shown = [(item["line"], item["reason"]) for item in found]
        checks.check(shown == [(place, reason)], f"{what}: {found}")
    table[name, fault] += "; " + told(failed, f"quarantined at line {place}")


for name, wrong in ((CONTRACTS, "not_a_date"), (INVOICES, "not_a_month")):
    lines = formats[name].good.decode().splitlines(keepends=True)
    bad = [*lines]
    bad[9] = re.sub(r",20\d\d-", ",many-", bad[9], count=1)
    set_aside(name, "wrong type", bad, 10, wrong)
    bad = [*lines]
    bad[9] = re.sub(r",ba-[a-z-]+,", ",,", bad[9], count=1)
    set_aside(name, "missing", bad, 10, "missing")
    set_aside(name, "duplicate", [*lines, lines[9]], len(lines) + 1, "duplicate")

# Letters that come with a code. A text has no line that could be missing or come twice.
ANSWER, APPEAL = letters = ["answer", "appeal"]
for name in letters:
    text = formats[name].good.decode()
    refusal(name, "empty", b"", None, "missing", name)
    refusal(name, "missing", b" \n\n", None, "missing", name)
    table[name, "truncated"] = "n/a: a text that ends early is a shorter text"
    refusal(name, "wrong type", PDF, None, "text")
    refusal(name, "UTF-16", text.encode("utf-16"), None, "UTF-8")
    refusal(name, "Latin-1", changed(text, "unit", LATIN).encode("latin-1"), None, "UTF-8")
    refusal(name, "NUL byte", changed(text, "unit", NUL).encode(), None, "U+0000")
    table[name, "duplicate"] = "n/a: no part of a text is a key"

# The code itself, on the command line: what is no code, and what is none of this letter.
CODE = "code"


def code_fault(fault, codes, said, exit_code=1):
    failed = checks.failed
    for name, other in ((ANSWER, APPEAL), (APPEAL, ANSWER)):
        what = f"{CODE} of the {name}, {fault}"
        path = faulty_path(provider, formats[name])
        path.write_bytes(formats[name].good)
        command = formats[name].args[:2]
        for words in codes(formats[name].args[-1], formats[other].args[-1]):
            before = kept(provider)
            process = provider.start(*command, path, *words, "--json")
            err = process.communicate()[1].decode(errors="replace")
            checks.check(process.returncode == exit_code, f"{what}: exit {process.returncode}")
            checks.refused(what, err, said)
            checks.check(kept(provider) == before, f"{what}: something changed")
    table[CODE, fault] = told(failed, "refused")


NO_CODE = "expected 25 letters and digits"
code_fault("empty", lambda own, _: [["--code", ""]], "--code CODE")
code_fault("missing", lambda own, _: [[]], "--code CODE")
code_fault("truncated", lambda own, _: [["--code", own[:-1]]], NO_CODE)
code_fault("wrong type", lambda own, _: [["--code", "$" * 25], ["--code", own + "7"]], NO_CODE)
code_fault("Latin-1", lambda own, _: [["--code", own[:-1] + "\udce9"]], NO_CODE)
code_fault("UTF-16", lambda own, _: [["--code", "\udcff\udcfe" + own]], NO_CODE)
code_fault("1 line of 100 kB", lambda own, _: [["--code", "7" * 100_000]], NO_CODE)
code_fault("duplicate", lambda own, _: [["--code", own, "--code", own]], "--code", 2)
code_fault("other letter", lambda own, other: [["--code", other]], "has this code")
code_fault("unknown", lambda own, _: [["--code", "7" * 25]], "has this code")
table[CODE, "NUL byte"] = "n/a: no argument holds one"

# Several documents at once: the good ones are taken and the bad ones refused, one by one.
bad = {"empty.txt": b"", "paper.pdf": PDF, "zero.txt": b"Title\n\nSome words\0 more.\n"}
good = {name: formats[name].good for name in (HTML, TEXT)}
paths = []
for name, content in (
    ("empty.txt", bad["empty.txt"]),
    ("first.html", good[HTML]),
    ("paper.pdf", bad["paper.pdf"]),
    ("zero.txt", bad["zero.txt"]),
    ("second.txt", good[TEXT]),
):
    paths.append(provider.work / name)
    paths[-1].write_bytes(content)
paths.insert(3, provider.work / "nowhere.txt")


def several(paths, expected, what):
    """`expected`: the names of those that are good."""
    before = len(provider.run("report", "list")["reports"])
    process = provider.start("report", "add", *paths, "--json", key="anna")
    out, err = (text.decode() for text in process.communicate())
    checks.check(process.returncode == 1, f"{what}: exit {process.returncode}: {err.strip()}")
    answer = json.loads(out)
    added = [report["file"] for report in answer.get("reports", [])]
    checks.check(added == expected, f"{what}: {added}, expected {expected}")
    others = [str(path) for path in paths if path.name not in expected]
    refused = [item["file"] for item in answer.get("refused", [])]
    checks.check(refused == others, f"{what}: refused {refused}, expected {others}")
    count = len(provider.run("report", "list")["reports"]) - before
    checks.check(count == len(expected), f"{what}: {count} reports more")


several(paths, ["first.html", "second.txt"], "several documents")

# Without its fault each text is taken, so it was the fault that was refused.
for name, format_ in formats.items():
    answer = give(provider, format_, format_.good)
    checks.check(answer.code == 0, f"{name}: the good text is refused: {answer.err.strip()}")
checks.check(provider.run("log", "verify")["ok"], "the log verifies")

print(flush=True)
input_matrix.print_table([*formats, CODE], FAULTS, table)
for cell in ((name, fault) for name in [*formats, CODE] for fault in FAULTS):
    checks.check(cell in table, f"no cell for {cell}")
checks.end()
