"""A server waits for a command that holds the data directory for a moment, and says so; it does not
wait for another server, nor for ever. Commands wait for a server that starts."""

import fcntl
import os
import pathlib
import re
import threading
import time

from provider import Checks, arguments

provider = arguments()
checks = Checks()
provider.run("init")
HELD_SECONDS = 2


def hold():
    """The lock of the kind that a command takes, with the process id in it."""
    lock = open(provider.data / "lock", "a+b")
    fcntl.flock(lock, fcntl.LOCK_EX)
    lock.truncate(0)
    lock.write(b"%d\n" % os.getpid())
    lock.flush()
    return lock


# A command has the directory when the server starts, and another wants it at the same time.
held = hold()
asked = provider.start("log", "checkpoint", "--json")
timer = threading.Timer(HELD_SECONDS, held.close)
timer.start()
begun = time.monotonic()
ports = provider.serve()
waited = time.monotonic() - begun
timer.join()
checks.check(waited >= HELD_SECONDS, f"it had to wait, and took {waited:.1f} s")
checks.check(bool(ports["ports"]), f"the server starts: {ports}")
out, err = asked.communicate(timeout=40)
checks.check(asked.returncode == 0, f"a command beside it: {asked.returncode}: {err.decode()}")

# The first server keeps the directory: the second says so at once.
begun = time.monotonic()
error = provider.run("serve", "--listen", "127.0.0.1:0", expect=3)
checks.refused("a second server", error, f"in use by process {provider.server.pid}", "a server")
checks.check(time.monotonic() - begun < 8, "a second server does not wait for the first")
server = provider.server
server.terminate()
said = server.communicate(timeout=20)[1].decode()
provider.server = None
waiting = re.findall(r"(?m)^proviso: waiting .*$", said)
checks.check(
    len(waiting) == 1 and f"process {os.getpid()}" in waiting[0],
    f"it says once whom it waits for: {said}",
)

# Commands, one after another, while servers start and end: nobody is turned away.
failed = []
over = threading.Event()


def command():
    while not over.is_set():
        process = provider.start("log", "checkpoint", "--json")
        err = process.communicate()[1].decode()
        # A server that ends may leave a question unanswered; that is told as what it is.
        if process.returncode != 0 and "went away before it answered" not in err:
            failed.append(err)


commands = [threading.Thread(target=command) for _ in range(2)]
for thread in commands:
    thread.start()
for _ in range(3):
    checks.check(bool(provider.serve()), "a server starts among commands")
    provider.stop()
over.set()
for thread in commands:
    thread.join()
checks.check(not failed, f"commands beside servers that start: {failed[:2]}")

# Who holds it for longer is named.
with hold():
    begun = time.monotonic()
    error = provider.run("serve", "--listen", "127.0.0.1:0", expect=3)
    waited = time.monotonic() - begun
checks.check(9 <= waited <= 20, f"it gives up after some seconds, and took {waited:.1f} s")
checks.refused("a directory in use", error, f"in use by process {os.getpid()}", "waited 10 s")
checks.check(pathlib.Path(provider.data / "lock").exists(), "the lock file stays")
checks.end()
