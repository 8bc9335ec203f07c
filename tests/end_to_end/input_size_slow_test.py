"""One line of 1 GB in each input format: refused, with less than 1 GiB of memory."""

import contextlib
import os
import re
import threading
import time

import focus_rows
import input_matrix
from input_matrix import faulty_path, kept, usage_rows
from parquet_file import PackedRun, TEXT, parquet, text_columns
from provider import Checks, arguments

GIGABYTE = 1 << 30
MEMORY_MAX = 1 << 30

provider = arguments()
checks = Checks()
formats = input_matrix.prepare(provider)
table = {}


def write_long_line(path, before=b""):
    piece = b"x" * (1 << 20)
    with open(path, "wb") as file:
        file.write(before)
        for _ in range(GIGABYTE // len(piece)):
            file.write(piece)


def feed(pipe, before):
    """A line of 1 GB through a pipe, and a line behind it."""
    piece = b"x" * (1 << 20)
    try:
        pipe.write(before)
        for _ in range(GIGABYTE // len(piece)):
            pipe.write(piece)
        pipe.write(b"\n" + before)
    except BrokenPipeError:
        pass
    with contextlib.suppress(BrokenPipeError):
        pipe.close()


def measured(process, feeding=None):
    """Its exit code, what it wrote, its peak memory in bytes, and the seconds it took."""
    begin = time.monotonic()
    wrote = {}

    def read(name, pipe):
        wrote[name] = pipe.read()

    threads = [
        threading.Thread(target=read, args=(name, pipe))
        for name, pipe in (("out", process.stdout), ("err", process.stderr))
    ]
    for thread in threads:
        thread.start()
    if feeding is None:
        process.stdin.close()
    else:
        feed(process.stdin, feeding)
    for thread in threads:
        thread.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    for pipe in (process.stdout, process.stderr):
        pipe.close()
    return (
        process.returncode,
        wrote["out"].decode(errors="replace"),
        wrote["err"].decode(errors="replace"),
        usage.ru_maxrss * 1024,
        time.monotonic() - begin,
    )


def refused(name, place, column="1 GB line", feeding=None):
    format_ = formats[name]
    before = kept(provider)
    args = [faulty_path(provider, format_) if arg == "{}" else arg for arg in format_.args]
    process = provider.start(*args, "--json", key=format_.key)
    code, out, err, peak, seconds = measured(process, feeding)
    said = out if format_.file is None else err
    failed = checks.failed
    checks.check(code == 1, f"{name}: exit {code}, expected 1: {err[:300]}")
    checks.check(len(out) + len(err) < 10_000, f"{name}: {len(out) + len(err)} bytes of output")
    checks.check(peak < MEMORY_MAX, f"{name}: {peak >> 20} MiB at its peak, the limit is 1024 MiB")
    checks.check(re.search(place, said), f"{name}: expected `{place}` in: {said[:500]}")
    checks.check(re.search(r"; \w|\bexpected\b", said), f"{name}: no remedy in: {said[:500]}")
    checks.check(kept(provider) == before, f"{name}: something changed")
    if feeding is not None:
        checks.check(out.count("\n") == 3, f"{name}: the lines around it are answered: {out[:500]}")
    outcome = re.search(place, said)[0] if re.search(place, said) else "?"
    table[name, column] = "refused: " + outcome if checks.failed == failed else "FAILED"
    table[name, "peak MiB"] = str(peak >> 20)
    table[name, "seconds"] = f"{seconds:.1f}"


line = provider.work / "line"
write_long_line(line)
for name in (
    "catalogue.yaml",
    "customers.yaml",
    "terms.yaml",
    "roster.yaml",
    "decision.yaml",
    "world.yaml",
    "serve.yaml",
    "key file",
):
    path = faulty_path(provider, formats[name])
    path.unlink(missing_ok=True)
    os.link(line, path)
    refused(name, re.escape(path.name))
    path.unlink()
line.unlink()

good = focus_rows.csv_text(usage_rows(count=1)).encode()
path = faulty_path(provider, formats["FOCUS CSV"])
write_long_line(path, good)
refused("FOCUS CSV", "line 3")
path.unlink()
# All of it within one pair of quotes, where line ends do not end the record.
write_long_line(path, good + b'"')
refused("FOCUS CSV", "line 3", column="1 GB in quotes")
path.unlink()


def with_packed_text(size):
    return parquet(
        [
            ("SkuMeter", TEXT, PackedRun(size)) if column[0] == "SkuMeter" else column
            for column in text_columns(usage_rows(count=1), focus_rows.COLUMNS)
        ],
        1,
    )


answer = input_matrix.give(provider, formats["FOCUS Parquet"], with_packed_text(300))
checks.check(answer.code == 0, f"a short packed text is taken: {answer.err}")
faulty_path(provider, formats["FOCUS Parquet"]).write_bytes(with_packed_text(GIGABYTE))
refused("FOCUS Parquet", "usage.parquet")

refused("decide --stdin", "line 2", feeding=input_matrix.questions().splitlines(keepends=True)[0])
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
input_matrix.print_table(
    list(formats), ["1 GB line", "1 GB in quotes", "peak MiB", "seconds"], table
)
checks.end()
