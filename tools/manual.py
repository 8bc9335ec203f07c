#!/usr/bin/env python3
"""Writes the manual pages, from what the program and the formats' documents say of themselves.

Usage: tools/manual.py BINARY FOLDER

proviso(1), proviso-serve(8), proviso-point(8) come from `--help`, with the texts below; the keys of
proviso-serve.yaml(5), those of each protocol too, from docs/formats/serve.md. The documents are
named as the package has them. The same inputs give the same bytes.
"""

import pathlib
import posixpath
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = "/usr/share/doc/proviso/docs/"
GROUPS = "Options of every command:"

SERVE = """\
Holds a data directory: appends to its log, does the commands that others send it, and answers
enforcement points from the newest decision table. Other commands on the same data directory go
through it while it runs.
"""
POINT = """\
Answers enforcement points from one decision table file, which `proviso serve` writes. It needs no
data directory, no key and no network, so it can stand next to a gateway with rights to that file
alone. The last good table stays in use when the file is missing, damaged, older than one that was
served, of another log, or not the one that the heartbeat beside it names.
"""
SIGNALS = [
    (
        "SIGTERM",
        "Ends it in order: not ready for the time of --drain, then what is being answered leaves.",
    ),
    ("SIGINT", "The same without a pause."),
    (
        "SIGHUP",
        "Reads the file of --config again, and opens the log of verdicts anew. When the file "
        "is faulty or an address is taken, all listeners stay as they are, and why is said. "
        "Listeners that did not change are not touched.",
    ),
]
SERVICE = "Speaks sd_notify(3): READY, RELOADING, STOPPING, and WATCHDOG where one is asked for."


class Page:
    def __init__(self, name, section, what):
        self.lines = [
            f'.TH "{name.upper()}" "{section}" "" "Proviso" "Proviso"',
            ".SH NAME",
            f"{roff(name)} \\- {roff(what)}",
        ]

    def section(self, title):
        self.lines.append(f'.SH "{title}"')

    def text(self, paragraphs):
        for paragraph in paragraphs.strip().split("\n\n"):
            self.lines += [".PP", roff(" ".join(paragraph.split()))]

    def item(self, term, text):
        self.lines += [".TP", f"\\fB{roff(term)}\\fR", roff(text) or "\\&"]

    def code(self, lines):
        self.lines += [".PP", ".nf", *(roff(line) for line in lines), ".fi"]

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(self.lines) + "\n")


def linked(match):
    """A link of docs/formats in words; one within its document needs none."""
    words, file = match.groups()
    if not file:
        return words
    path = posixpath.normpath(posixpath.join("docs/formats", file))
    return f"{words}: {path}" if path.startswith("docs/") else words


def roff(text):
    text = re.sub(r"\*\*([^*]+)\*\*", r"\1", text)
    text = re.sub(r"\[([^\]]+)\]\(([^)#]*)[^)]*\)", linked, text).replace("`", "")
    text = re.sub(r"(?<![\w/])docs/", DOCUMENTS, text)
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text


def help_of(binary, *command):
    done = subprocess.run([binary, *command, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


def entries(text):
    """(term, text) of each row of a group in a help text: continued lines are indented deeper."""
    rows = []
    for line in text.splitlines():
        row = re.match(r"^  (\S.*?)(?:\s{2,}(\S.*))?$", line)
        if row:
            rows.append([row.group(1), row.group(2) or ""])
        elif line.strip() and rows:
            rows[-1][1] = (rows[-1][1] + " " + line.strip()).strip()
    return rows


def group(text, title):
    found = re.search(rf"(?m)^{re.escape(title)}\n((?:.*\n)*?)(?:^\S|\Z)", text + "\n")
    return found.group(1) if found else ""


def command_page(binary, command, text):
    said = help_of(binary, command)
    page = Page(f"proviso-{command}", 8, said.splitlines()[0].split(";")[0])
    page.section("SYNOPSIS")
    page.text(f"proviso {command} [OPTIONS]")
    page.section("DESCRIPTION")
    page.text(text)
    page.section("OPTIONS")
    for term, meaning in entries(group(said, "Options:")) + entries(group(said, GROUPS)):
        page.item(term, meaning)
    page.section("SIGNALS")
    for term, meaning in SIGNALS:
        page.item(term, meaning)
    page.text(SERVICE)
    page.section("EXAMPLES")
    page.code(line.strip() for line in said.split("Examples:\n")[-1].splitlines())
    page.section("SEE ALSO")
    page.text("proviso(1), proviso-serve(8), proviso-point(8), proviso-serve.yaml(5)")
    return page


def program_page(binary):
    said = help_of(binary)
    page = Page("proviso", 1, "enforce terms of service on business records alone")
    page.section("SYNOPSIS")
    page.text("proviso [OPTIONS] COMMAND [ARGUMENTS]")
    page.section("DESCRIPTION")
    page.text(said.split("\nUsage:")[0])
    page.section("OPTIONS")
    for term, meaning in entries(group(said, "Options:")):
        page.item(term, meaning)
    page.section("COMMANDS")
    for term, meaning in entries(group(said, "Subcommands:")):
        page.item(term, meaning)
    page.text("proviso COMMAND --help says more of each.")
    page.section("EXIT STATUS")
    page.text("0 done, 1 refused or found wanting, 2 wrong usage, 3 failure.")
    page.section("SEE ALSO")
    page.text("proviso-serve(8), proviso-point(8), proviso-serve.yaml(5)")
    return page


def sections(document):
    """(title, text) of each section, but what stands before the first."""
    return [tuple(part.split("\n", 1)) for part in ("\n" + document).split("\n## ")[1:]]


def example(text):
    return text.split("```yaml\n")[1].split("```")[0].splitlines()


def rows(text):
    """(first cell, second cell) of the first table in `text`, without its heading."""
    found = []
    for line in text.splitlines():
        cells = re.match(r"^\| (.*?) \| (.*) \|$", line)
        if cells:
            found.append(cells.groups())
        elif found and not line.startswith("|"):
            break
    return [cells for cells in found if cells[0].startswith(("`", "**"))]


def serve_yaml_page():
    document = (ROOT / "docs/formats/serve.md").read_text()
    page = Page("proviso-serve.yaml", 5, "listeners of a decision point")
    page.section("DESCRIPTION")
    page.text(
        "Says where each listener of proviso-serve(8) and proviso-point(8) is, which protocol it "
        "speaks, and which parts of a request it believes."
    )
    page.section("KEYS")
    keys = document.split("\n## Keys\n")[1].split("\n## ")[0]
    for term, meaning in rows(keys):
        page.item(term, meaning)
    page.section("EXAMPLE")
    page.code(example(document))
    for title, text in sections(document):
        heading = re.search(r"(?m)^\| (key|source) \| (.*) \|$", text)
        if title == "Keys" or heading is None:
            continue
        page.section(title.replace("`", "").upper())
        page.code(example(text))
        absent = heading.group(2) == "when absent"
        for term, meaning in rows(text[heading.start() :]):
            page.item(term, f"When absent: {meaning}" if absent else meaning)
    page.section("FILES")
    page.text(f"{DOCUMENTS}formats/serve.md says what each protocol asks and is answered.")
    page.section("SEE ALSO")
    page.text("proviso(1), proviso-serve(8), proviso-point(8)")
    return page


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    program_page(binary).write(folder / "man1" / "proviso.1")
    command_page(binary, "serve", SERVE).write(folder / "man8" / "proviso-serve.8")
    command_page(binary, "point", POINT).write(folder / "man8" / "proviso-point.8")
    serve_yaml_page().write(folder / "man5" / "proviso-serve.yaml.5")


if __name__ == "__main__":
    main()
