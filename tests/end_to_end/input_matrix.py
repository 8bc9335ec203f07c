"""What Proviso reads, format by format: a good text of each, how it is given to the program, and
what must not change when a faulty one is refused. Two tests share it."""

import datetime
import json
import re

import case
import focus_rows
from parquet_file import parquet, text_columns
from provider import Failure, tree_hash

ROWS = 40
NUL, LATIN = "\0", "\u00e9"

WORLD = """\
provider: Example Cloud
currency: EUR
first_month: 2026-01
months: 1
regions:
  - {id: nl-1, name: Netherlands}
weeks:
  - {id: mild, percent: [104, 105, 105, 104, 102, 92, 88]}
meters:
  - id: blob
    service_name: Blob Store
    sku_meter: Data Stored
    sku_id: EX-BLOB-HOT
    unit: GB-Hours
    category: Storage
    subcategory: Object Storage
    price: 0.000025
    kind: level
actors:
  - subscription: sub-em-archive-01
    uses:
      - {meter: blob, region: nl-1, week: mild, points: {2026-01-01: 3000}}
"""

SERVE = """\
listeners:
  - address: 127.0.0.1:0
    protocol: forward-auth
    overwritten_by: nginx
    subscription: {header: X-Proviso-Subscription}
    service: {header: X-Proviso-Service}
    region: {constant: nl-1}
    operation: {header: X-Original-Method}
"""

ANSWER = b"To the provider.\n\nThe unit keeps training recordings, and nothing else.\n"

QUESTION = {
    "subscription": case.SUBSCRIPTIONS[0],
    "service": "blob-store",
    "region": "nl-1",
    "operation": "read",
}


def usage_rows(month=1, count=ROWS):
    day = datetime.date(2026, month, 1)
    return [
        focus_rows.row(f"sub-em-archive-{i:02}", day, i + 1, RegionName="Netherlands")
        for i in range(count)
    ]


def questions(second=None):
    """Three lines; the second one is the one at fault."""
    good = json.dumps(QUESTION).encode() + b"\n"
    return good + (good if second is None else second + b"\n") + good


class Format:
    """`name` in the table; `file` as it is written; `good` bytes; `args` with {} for the file."""

    def __init__(self, name, file, good, args, key=None):
        self.name, self.file, self.good, self.args, self.key = name, file, good, args, key


def documents(reports):
    """What `report add` takes."""

    def report(name, file, example, *kind):
        good = (reports / example).read_bytes()
        return Format(name, file, good, ["report", "add", "{}", *kind], "anna")

    return [
        report("article HTML", "article.html", "02-investigation.html"),
        report("article text", "article.txt", "05-bulletin.txt"),
        report("letter", "letter.txt", "01-letter.txt", "--kind", "letter"),
        report("legal notice", "notice.txt", "09-legal-notice.txt", "--kind", "legal-notice"),
        report("XARF JSON", "xarf.json", "08-abuse.json"),
    ]


def registers(provider, examples):
    """Two sources, and what `records import` takes from them."""
    made = []
    for file, class_ in (("contracts.csv", "contract"), ("invoices.csv", "billing")):
        source = f"{class_}-register"
        words = ["--class", class_, "--owner", "Example Legal", "--purpose", "what is in force"]
        provider.run("records", "register", source, *words, key="adam")
        lines = (examples / file).read_bytes().splitlines(keepends=True)
        good = b"".join(lines[: ROWS + 1])
        made.append(Format(file, file, good, ["records", "import", source, "{}"], "adam"))
    return made


def letters(provider, case_id, finding):
    """A hearing that waits for its answer and a decision that may be appealed, each with a code."""
    intended = case.propose(provider, case_id, case.heard(case.decision_text([finding])))
    provider.run("decision", "plan", intended, key="anna")
    until = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=30)
    opened = provider.run("hearing", "open", intended, "--until", until, key="lea")
    decided = case.propose(provider, case_id, case.decision_text([finding], regions="ie-1"))
    case.plan_and_sign(provider, decided)
    statement = provider.run("decision", "statement", decided, "--issue", key="lea")
    provider.run("decision", "adopt", decided, key="eva")
    code, appeal_code = opened["code"], statement["appeal_code"]
    return [
        Format("answer", "answer.txt", ANSWER, ["hearing", "answer", "{}", "--code", code]),
        Format("appeal", "appeal.txt", ANSWER, ["appeal", "file", "{}", "--code", appeal_code]),
    ]


def prepare(provider):
    """A provider with people, examples, a case and its finding; its formats by name."""
    provider.run("init")
    provider.import_examples()
    provider.make_people()
    case_id, finding = case.open_case(provider)
    examples = provider.source / "examples"
    made = documents(examples / "reports")
    made += registers(provider, examples)
    made += letters(provider, case_id, finding)
    made += [
        Format(
            "catalogue.yaml",
            "catalogue.yaml",
            (examples / "catalogue.yaml").read_bytes(),
            ["import", "catalogue", "{}"],
            "adam",
        ),
        Format(
            "customers.yaml",
            "customers.yaml",
            (examples / "customers.yaml").read_bytes(),
            ["import", "customers", "{}"],
            "adam",
        ),
        # Terms in force are never changed: these are a version of their own.
        Format(
            "terms.yaml",
            "terms.yaml",
            (examples / "terms.yaml")
            .read_bytes()
            .replace(b"version: 2026-01", b"version: 2026-02"),
            ["import", "terms", "{}"],
            "adam",
        ),
        Format(
            "roster.yaml",
            "roster.yaml",
            (provider.work / "roster.yaml").read_bytes(),
            ["roster", "propose", "{}"],
            "adam",
        ),
        Format(
            "decision.yaml",
            "decision.yaml",
            case.decision_text([finding]).encode(),
            ["decision", "propose", "--case", case_id, "{}"],
            "anna",
        ),
        Format(
            "world.yaml",
            "world.yaml",
            WORLD.encode(),
            [
                "simulate",
                "--world",
                "{}",
                "--customers",
                examples / "customers.yaml",
                "--out",
                provider.work / "world",
            ],
        ),
        Format("serve.yaml", "serve.yaml", SERVE.encode(), ["serve", "--config", "{}"]),
        Format(
            "FOCUS CSV",
            "usage.csv",
            focus_rows.csv_text(usage_rows()).encode(),
            ["import", "usage", "{}"],
        ),
        Format(
            "FOCUS Parquet",
            "usage.parquet",
            parquet(text_columns(usage_rows(2), focus_rows.COLUMNS), ROWS),
            ["import", "usage", "{}"],
        ),
        Format(
            "key file",
            "person.key",
            provider.key_path("anna").read_bytes(),
            ["case", "open", "--title", "Example", "--key", "{}"],
        ),
        Format("decide --stdin", None, questions(), ["decide", "--stdin"]),
    ]
    return {format_.name: format_ for format_ in made}


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = (
            code,
            out.decode(errors="replace"),
            err.decode(errors="replace"),
        )

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


def faulty_path(provider, format_):
    folder = provider.work / "faulty"
    folder.mkdir(exist_ok=True)
    path = folder / format_.file
    path.touch(mode=0o600)  # a key that others may read is refused as that
    return path


def give(provider, format_, content, timeout=120):
    """Gives `content` (bytes) to the program; a listener that starts is stopped again."""
    stdin = b""
    args = list(format_.args)
    if format_.file is None:
        stdin = content
    else:
        path = faulty_path(provider, format_)
        path.write_bytes(content)
        args = [path if arg == "{}" else arg for arg in args]
    process = provider.start(*args, "--json", key=format_.key)
    if args[0] == "serve":
        first = process.stdout.readline()
        if b"ports" in first:
            process.terminate()
        out, err = process.communicate(timeout=timeout)
        return Answer(process.returncode, first + out, err)
    out, err = process.communicate(stdin, timeout=timeout)
    return Answer(process.returncode, out, err)


def kept(provider):
    """All that an import may change."""
    data = provider.data
    log = data / "log"
    size = re.match(r"[^\n]*\n(\d+)\n", (log / "checkpoint").read_text())
    if not size:
        raise Failure("the checkpoint has no size")
    return {
        "log size": size[1],
        "log": tree_hash(log),
        "lake": tree_hash(data / "lake"),
        "quarantine": tree_hash(data / "quarantine"),
        "records": tree_hash(data / "records"),
        "reports": tree_hash(data / "reports"),
        "table": tree_hash(data / "table"),
        "simulated": (provider.work / "world").exists(),
    }


def print_table(rows, columns, cells):
    """`cells`: (row, column) -> text."""
    head = ["", *columns]
    body = [[row, *(cells.get((row, column), "-") for column in columns)] for row in rows]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    for line in [head, *body]:
        print(
            " | ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip(), flush=True
        )
