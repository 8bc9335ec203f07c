"""Processes and ports of these tests: what they start ends with them, by its process id."""

import atexit
import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import time

from provider import Failure, wait_until

_started = []  # (process, the signal that ends it)


def _end_all():
    for process, how in reversed(_started):
        end(process, how)


atexit.register(_end_all)


def start(command, log, ends_with=signal.SIGTERM, **options):
    with open(log, "ab") as out:
        process = subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            **options,
        )
    _started.append((process, ends_with))
    return process


def end(process, how=signal.SIGTERM, seconds=5):
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    if process.poll() is None:
        process.kill()
        process.wait(seconds)


_given = set()


def free_port():
    """A port that was free a moment ago, and was not given out before by this run."""
    while True:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port


def answers(port, path="/", seconds=5):
    """The status of a GET, or None."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wait_for(port, process, log, path="/", seconds=30):
    def ready():
        if process.poll() is not None:
            raise Failure(f"{log}: ended with {process.returncode}: {tail(log)}")
        return answers(port, path) is not None

    if not wait_until(ready, seconds):
        raise Failure(f"{log}: no answer on port {port}: {tail(log)}")


def tail(log):
    with contextlib.suppress(OSError):
        return "\n".join(open(log, errors="replace").read().splitlines()[-20:])
    return ""


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def is_stopped(pid):
    """Whether every thread of the process stands still: on a busy machine that takes a moment."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/stat") as status:
            if status.read().rsplit(")", 1)[1].split()[0] not in "Tt":
                return False
    return True


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory_holds(pid, texts):
    """Which of `texts` stand in the memory of a process, in what it can write."""
    found = set()
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            begin, end = (int(number, 16) for number in span.split("-"))
            with contextlib.suppress(OSError):
                memory.seek(begin)
                content = memory.read(end - begin)
                found.update(text for text in texts if text in content)
    return found


class Stopwatch:
    def __enter__(self):
        self.begun = time.monotonic()
        return self

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.begun


def program(name):
    """The path of a program of the distribution: some stand where only root looks."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if not found:
        raise Failure(f"no program `{name}`")
    return found
