"""What /metrics says, read as Prometheus would, and what docs/formats/metrics.md says of it."""

import re
import urllib.request

SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)')


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as response:
        return response.headers["Content-Type"], response.read().decode()


def parse(text):
    """{family: (kind, [(name, labels, value)])}; raises where Prometheus would refuse."""
    families = {}
    family = None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split()[2]
            assert family not in families, f"{family} comes twice"
            families[family] = [None, []]
            continue
        if line.startswith("# TYPE "):
            assert line.split()[2] == family, line
            families[family][0] = line.split()[3]
            continue
        match = SAMPLE.match(line)
        assert match and match.group(1).startswith(family), line
        labels = dict(LABEL.findall(match.group(2) or ""))
        families[family][1].append((match.group(1), labels, float(match.group(3))))
    for name, (kind, samples) in families.items():
        seen = [(sample, tuple(sorted(labels.items()))) for sample, labels, _ in samples]
        assert len(seen) == len(set(seen)), f"{name} says one thing twice"
        assert kind in ("counter", "gauge", "histogram"), name
    return families


def value(families, name, **labels):
    """The sum of the samples that have `labels`; None without any."""
    found = [
        number
        for sample, has, number in families.get(name, (None, []))[1]
        if sample == name and all(has.get(key) == wanted for key, wanted in labels.items())
    ]
    return sum(found) if found else None


def documented(source):
    """{family: (kind, labels)} of the document's table."""
    text = (source / "docs/formats/metrics.md").read_text()
    rows = re.findall(r"(?m)^\| `(\w+)` \| (\w+) \| ([^|]*)\|", text)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def differences(families, rows, absent=()):
    """What the scrape and the document do not agree on."""
    wrong = [f"{name} is not documented" for name in families if name not in rows]
    for name, (kind, labels) in rows.items():
        if name not in families:
            if name not in absent:
                wrong.append(f"{name} is documented, and not there")
            continue
        if families[name][0] != kind:
            wrong.append(f"{name} is a {families[name][0]}")
        for _, has, _ in families[name][1]:
            if set(has) - {"le"} != labels:
                wrong.append(f"{name} has the labels {sorted(has)}")
                break
    return wrong
