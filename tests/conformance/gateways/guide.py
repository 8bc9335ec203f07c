"""A guide as the tests read it: its configuration, which they run, and its table, which they check.

The table has the columns `what happens` and `client sees`; where the gateway can also be set to
let requests through while the decision point is out of reach, `client sees, closed` and
`client sees, open`. A cell begins with the status of the answer, or `error` and the number of one
where there is no HTTP, or with `the service's answer`; each header that it names in backticks must
be there, each other word in backticks in the body; `after N ms` is how long the client waits.
"""

import re

from provider import Failure

# How much later than documented an answer may come on a machine that is busy.
LATENESS_SECONDS = 2.5


class Cell:
    """What a client sees, in the words of one cell of the table."""

    def __init__(self, text):
        self.text = text
        silent = text.startswith("no answer")
        unending = text.startswith("nothing, until")
        passes = text.startswith("the service's answer")
        status = re.match(r"(?:error )?(\d+)\b", text)
        if not (passes or status or silent or unending):
            raise Failure(f"a cell says neither a status nor `the service's answer`: {text}")
        self.status = None if passes else int(status.group(1)) if status else 0
        self.headers = re.findall(r"`(X-[A-Za-z-]+)`", text)
        self.words = set(re.findall(r"`([^`]+)`", text)) - set(self.headers)
        waits = re.search(r"after (\d+) ms", text)
        self.seconds = int(waits.group(1)) / 1000 if waits else 0

    def differs(self, seen):
        """What in the answer `seen` is not as this cell says; empty when nothing is."""
        found = []
        if self.status is None and not seen.by_service:
            found.append(f"{seen.status} that is not from the service")
        if self.status is not None and (seen.by_service or seen.status != self.status):
            found.append(f"{seen.status}{' from the service' if seen.by_service else ''}")
        found += [f"no {name}" for name in self.headers if not seen.headers.get(name)]
        words = sorted(self.words) if seen.has_body else []
        found += [f"no `{word}`" for word in words if word.encode() not in seen.body]
        # Clocks and timers of the gateway round; where no time is said, none is promised.
        late = self.seconds and seen.seconds > self.seconds + LATENESS_SECONDS
        if late or seen.seconds < self.seconds * 0.8:
            found.append(f"after {seen.seconds * 1000:.0f} ms")
        return ", ".join(found)


class Guide:
    def __init__(self, path):
        self.path = path
        self.text = path.read_text()
        self.asked = set()
        self.rows = {}
        columns = None
        for line in self.text.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("| what happens |"):
                columns = [re.sub(r"client sees,? ?", "", name) or "closed" for name in cells[1:]]
            elif columns and line.startswith("|") and not line.startswith("|---"):
                self.rows[cells[0]] = dict(zip(columns, map(Cell, cells[1:]), strict=True))
            elif not line.startswith("|"):
                columns = None

    def cell(self, row, column="closed"):
        self.asked.add(row)
        if row not in self.rows:
            raise Failure(f"{self.path.name} has no row `{row}`; it has {list(self.rows)}")
        return self.rows[row][column]

    def unasked(self):
        """The rows that no test asked for: promises that nobody checks."""
        return sorted(set(self.rows) - self.asked)

    def blocks(self, language):
        return re.findall(rf"^```{language}\n(.*?)^```", self.text, re.M | re.S)


def put(text, places):
    """`text` with the addresses of this run in place of those that the guide invents."""
    for old, new in places.items():
        if old not in text:
            raise Failure(f"the configuration of the guide has no `{old}`")
        text = text.replace(old, str(new))
    return text
