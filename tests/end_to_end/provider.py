"""Drives the proviso program as an operator and its people would: by the command line alone.

Python's standard library only, and nothing of the product's code: what these tests expect is
written a second time here.
"""

import atexit
import errno
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

PASSPHRASE = "only for tests"
PEOPLE = {
    "anna": ["reviewer"],
    "ben": ["decider"],
    "cara": ["decider"],
    "dora": ["decider", "reviewer"],
    "eva": ["enforcer"],
    "lea": ["liaison"],
    "adam": ["administrator"],
}


class Failure(Exception):
    pass


class Provider:
    """A data directory, the keys of its people, and the program."""

    def __init__(self, binary, source, work):
        self.binary = str(pathlib.Path(binary).resolve())
        self.source = pathlib.Path(source).resolve()
        self.work = pathlib.Path(work).resolve()
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        os.chdir(self.work)  # the folder it was started in may just have been made anew
        self.data = self.work / "data"
        self.server = None
        self.ports = {}
        atexit.register(self.stop)  # a test that breaks off leaves no server behind

    def start(self, *args, key=None):
        """Starts the program without waiting for it."""
        command = [self.binary, "-C", str(self.data), *map(str, args)]
        environment = dict(os.environ, PROVISO_PASSPHRASE=PASSPHRASE, NO_COLOR="1")
        environment.pop("PROVISO_KEY", None)
        if key is not None:
            environment["PROVISO_KEY"] = str(self.key_path(key))
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=self.work,
        )

    def run(self, *args, key=None, expect=0, stdin=b""):
        """Runs the program; its JSON answer, or its error text when `expect` is not 0."""
        process = self.start(*args, "--json", key=key)
        out, err = process.communicate(stdin)
        if process.returncode != expect:
            raise Failure(
                f"proviso {' '.join(map(str, args))}: exit {process.returncode}, "
                f"expected {expect}\n{out.decode()}\n{err.decode()}"
            )
        if expect != 0:
            return err.decode()
        return json.loads(out) if out.strip() else None

    def key_path(self, person):
        return self.work / "people" / f"{person}.key"

    def make_people(self, people=PEOPLE, quorum=2):
        """Makes keys, proposes a roster with all of `people`, and has it signed."""
        (self.work / "people").mkdir(exist_ok=True)
        roster = [f"quorum: {quorum}", "people:"]
        for person, roles in people.items():
            if not self.key_path(person).exists():
                self.run("key", "new", self.key_path(person), "--cost", "10")
            public = json.loads(self.key_path(person).read_text())["public_key"]
            roster.append(
                f"  - {{id: {person}, name: {person.title()} Example, "
                f"roles: [{', '.join(roles)}], key: \"{public}\"}}"
            )
        path = self.work / "roster.yaml"
        path.write_text("\n".join(roster) + "\n")
        names = list(people)
        self.run("roster", "propose", path, key="adam" if "adam" in people else names[0])
        for person in names[:quorum]:
            self.run("roster", "sign", key=person)

    def import_examples(self, key=None):
        for kind in ("catalogue", "terms", "customers"):
            self.run("import", kind, self.source / "examples" / f"{kind}.yaml", key=key)

    def write(self, name, text):
        path = self.work / name
        path.write_text(text)
        return path

    def serve(self, config=None, publish=False, table_to=None, more=()):
        """Starts `proviso serve` and waits until it says where it listens."""
        args = (
            ["serve", "--listen", "127.0.0.1:0"]
            if config is None
            else ["serve", "--config", config]
        )
        if publish:
            args += ["--publish", "127.0.0.1:0"]
        if table_to is not None:
            args += ["--table-to", table_to]
        args += more
        self.server = self.start(*args, "--json")
        line = self.server.stdout.readline()
        if not line:
            raise Failure("serve did not start: " + self.server.stderr.read().decode())
        self.ports = json.loads(line)
        return self.ports

    def stop(self):
        if self.server is not None:
            self.server.terminate()
            self.server.wait(20)
            for pipe in (self.server.stdin, self.server.stdout, self.server.stderr):
                pipe.close()
            self.server = None


def tree_hash(folder):
    """Names and bytes of all files below `folder`, as one hash."""
    digest = hashlib.sha256()
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


class SmallDisk:
    """A tmpfs of `size` bytes at `folder`, with what was in it. Only root may mount one: without
    that the test is skipped."""

    def __init__(self, folder, size):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.is_mounted = False
        with tempfile.TemporaryDirectory() as work:
            kept = pathlib.Path(work) / "kept"
            shutil.copytree(self.folder, kept)
            options = f"size={size},mode=700"
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", options, "proviso-test", str(self.folder)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                print(f"SKIPPED: no small disk can be mounted: {done.stderr.strip()}")
                sys.exit(77)
            self.is_mounted = True
            atexit.register(self.unmount)
            shutil.copytree(kept, self.folder, dirs_exist_ok=True)

    def remount(self, mode):
        """`ro` or `rw`."""
        subprocess.run(["mount", "-o", f"remount,{mode}", str(self.folder)], check=True)

    def fill(self, free=0):
        """Leaves `free` KiB of the disk; answers the file that takes all else."""
        filler = self.folder / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
            file.truncate(max(0, file.tell() - free * 1024))
        return filler

    def unmount(self):
        if self.is_mounted:
            subprocess.run(["umount", str(self.folder)], check=False)
        self.is_mounted = False


class Checks:
    """Counts what held; the last line says how many."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what}", flush=True)

    def refused(self, what, error, *parts):
        missing = [part for part in parts if part.lower() not in error.lower()]
        self.check(not missing, f"{what}: expected {missing} in the refusal: {error.strip()}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)


def arguments():
    """BINARY SOURCE WORK, as ctest gives them."""
    if len(sys.argv) < 4:
        sys.exit("usage: TEST BINARY SOURCE WORK")
    return Provider(*sys.argv[1:4])


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False
