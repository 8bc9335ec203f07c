"""docs/formats/events.md as data, and the log as docs/formats/ledger.md has it."""

import hashlib
import json
import re
import sqlite3

from canaries import chacha20

NOTHING = "nothing"
MEMBER = re.compile(r"(\[?)`([a-z_0-9]+)`(\]?)")
# `name`, [`name`], `name` {`member`, [`member`]}, `name` (what is said of it)
SEALED = re.compile(
    r"(?P<optional>\[?)`(?P<name>[a-z_0-9]+)`\]?(?: \{(?P<members>[^}]*)\})?(?P<more> \(.*\))?"
)


def members(cell):
    """Names, and which of them are optional."""
    found = {name: bool(opening) for opening, name, _ in MEMBER.findall(cell)}
    if cell == NOTHING:
        return {}
    if not found or MEMBER.sub("", cell).strip(" ,"):
        raise ValueError(f"expected members, found: {cell}")
    return found


def sealed(cell):
    """For each part: whether it is optional, and its members; a str where it is one text."""
    parts = {}
    if cell == NOTHING:
        return parts
    for item in cell.split("; "):
        row = SEALED.fullmatch(item)
        if row is None:
            raise ValueError(f"expected a sealed part, found: {item}")
        inner = members(row["members"]) if row["members"] else str
        parts[row["name"]] = (bool(row["optional"]), None if row["more"] else inner)
    return parts


def tables(text):
    """Rows of all tables, by their first line."""
    found = {}
    head = None
    for line in text.splitlines():
        if not line.startswith("| "):
            head = head if line.startswith("|-") else None
            continue
        cells = tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        if head is None:
            head = cells
            found.setdefault(head, [])
        else:
            found[head].append(cells)
    return found


class Catalogue:
    """What each event may look like."""

    def __init__(self, text):
        read = tables(text)
        self.events = {}
        head = ("type", "when", "act", "in clear", "sealed", "what it changes")
        for kind, _, act, clear, parts, _ in read[head]:
            name = re.match(r"`([a-z_.]+)`", kind)[1]
            if name in self.events:
                raise ValueError(f"{name} stands in the tables twice")
            self.events[name] = {
                "of_case": None if kind.endswith("**") else not kind.endswith("*"),
                "acts": re.findall(r"`([a-z ]+)`", act),
                "actless": "none" in act.split(":")[0].replace(",", "").replace(";", "").split(),
                "clear": members(clear),
                "sealed": sealed(parts),
            }
        self.kinds = {}
        for name, _, pattern in read[("kind", "what it is", "as a pattern")]:
            self.kinds[name] = re.compile(pattern.strip("`").replace("\\|", "|"))
        self.values = {}
        for names, of, values in read[("member", "of", "what it is")]:
            of = None if of == "all" else of.strip("`")
            for name in re.findall(r"`([^`]+)`", names):
                self.values[(name, of)] = values

    def value_of(self, path, kind):
        return self.values.get((path, kind), self.values.get((path, None)))

    def allows(self, value, allowed):
        """The kind by which `value` may stand there; None when it may not."""
        for item in allowed.split(", "):
            if item == "null" and value is None:
                return item
            if item.startswith("`") and isinstance(value, (str, int)):
                if not isinstance(value, bool) and item == f"`{value}`":
                    return item
            wanted = {"number": int, "flag": bool}.get(item, str)
            if item in self.kinds and type(value) is wanted:
                if self.kinds[item].fullmatch(json.dumps(value).strip('"')):
                    return item
        return None


def leaves(value, path=""):
    """Each value that is no object and no list, with its place: `rows.read`, `months[]`."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path + "[]")
    else:
        yield path, value


def public_entries(log):
    """The entries of the published bundles: their JSON."""
    found = []
    names = {}
    for path in (log / "tile/entries").rglob("*"):
        if path.is_file():
            name = re.sub(r"\.p/\d+$", "", str(path.relative_to(log / "tile/entries")))
            content = path.read_bytes()
            if len(content) > len(names.get(name, b"")):
                names[name] = content  # the widest of what is not full
    for name in sorted(names, key=lambda name: int(re.sub(r"\D", "", name))):
        content = names[name]
        while content:
            size = int.from_bytes(content[:2], "big")
            entry, content = content[2 : 2 + size], content[2 + size :]
            found.append(json.loads(entry[: len(entry) - 1 - 36 * entry[-1]]))
    return found


def sealed_parts(data):
    """(index, name) and the part, opened with its key; the digest is checked."""
    database = sqlite3.connect(f"file:{data}/proviso.db?mode=ro", uri=True)
    rows = database.execute(
        "SELECT position, name, digest, sealed, secret FROM log_addendum"
        " JOIN log_addendum_key USING (position, name) ORDER BY position, name"
    )
    for index, name, digest, content, secret in rows:
        plain = chacha20(secret, content[:12], content[12:-16])
        if hashlib.sha256(plain).digest() != digest:
            raise ValueError(f"the part `{name}` of entry {index} does not open")
        yield (index, name), json.loads(plain[16:])
    database.close()
