"""Witnesses: `proviso log witness` cosigns, `proviso log cosign` and `serve` ask for it, and an
older copy of the data directory that is put back is found by what a witness remembers."""

import json
import shutil
import signal
import socket
import urllib.error
import urllib.request
from hashlib import sha256

from provider import Checks, arguments, wait_until

provider = arguments()
checks = Checks()
log = provider.run("init")
vkey = log["vkey"]
origin = vkey.split("+")[0]
provider.import_examples()
published = provider.data / "log" / "checkpoint"


class Witness:
    """One witness of our own making: key, state and process."""

    def __init__(self, name):
        self.name = name
        self.key = provider.work / f"{name}.key"
        self.state = provider.work / f"{name}.json"
        made = provider.run(
            "log", "witness", "--new-key", self.key, "--state", self.state,
            "--name", f"witness.example.org/{name}",
        )  # fmt: skip
        self.vkey = made["vkey"]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = None

    def start(self, *logs):
        named = [word for each in logs for word in ("--log", each)]
        self.process = provider.start(
            "log", "witness", "--key", self.key, "--state", self.state,
            "--listen", f"127.0.0.1:{self.port}", *named, "--json",
        )  # fmt: skip
        started = json.loads(self.process.stdout.readline())
        checks.check(started == {"port": self.port, "vkey": self.vkey}, f"started: {started}")
        return self

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.communicate(timeout=20)

    def line(self):
        return f"witness {self.name} {self.vkey} http://127.0.0.1:{self.port}/"

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as got:
                return got.status, got.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def append():
    return provider.run("import", "customers", provider.source / "examples" / "customers.yaml")


def said(*args, expect=0):
    process = provider.start(*args)
    out, err = process.communicate()
    checks.check(process.returncode == expect, f"{args}: exit {process.returncode}: {err}")
    return out.decode()


def lines(checkpoint):
    return [line.split(" ")[1] for line in checkpoint.split("\n\n")[1].splitlines()]


one, two = Witness("one"), Witness("two")
checks.check(one.key.stat().st_mode & 0o077 == 0, "the key is its owner's alone")
again = provider.run(
    "log", "witness", "--new-key", provider.work / "k", "--state", one.state, "--name", "x",
    expect=1,
)  # fmt: skip
checks.refused("a second start from nothing", again, "must not forget")
unnameable = provider.run(
    "log", "witness", "--new-key", provider.work / "k", "--state", provider.work / "s",
    "--name", "w" * 256, expect=1,
)  # fmt: skip
checks.refused("a name that is too long to cosign", unnameable, "at most 255 bytes")
checks.check(not (provider.work / "s").exists(), "nothing was made")
one.start(vkey)
two.start(vkey)
policy = provider.write(
    "policy.txt",
    f"log {vkey}\n{one.line()}\n{two.line()}\ngroup both all one two\nquorum both\n",
)

# Without a policy there is nobody to ask.
checks.refused("no policy", provider.run("log", "cosign", expect=1), "--set-policy")
other = provider.write("other.txt", f"log {two.vkey}\nquorum none\n")
checks.refused(
    "a key of no log", provider.run("log", "cosign", "--set-policy", other, expect=1), "type 0x01"
)
set_to = provider.run("log", "cosign", "--set-policy", policy)
checks.check(set_to["asked"] == 2 and set_to["path"] == str(policy), f"set: {set_to}")

# Before, after, and after another entry.
found = json.loads(said("--json", "log", "verify", "--policy", policy, expect=1))
checks.check(
    not found["ok"] and "found none, missing `one`, `two`" in found["problems"][0], f"{found}"
)
answer = provider.run("log", "cosign")
checks.check(answer["met"] and answer["published"] and answer["size"] == 4, f"cosign: {answer}")
checks.check(published.read_text() == answer["checkpoint"], "what was cosigned is published")
names = [origin, "witness.example.org/one", "witness.example.org/two"]
checks.check(lines(published.read_text()) == names, f"{published.read_text()}")
found = provider.run("log", "verify", "--policy", policy)
checks.check(found["ok"] and found["policy"]["met"], f"verified: {found}")
checks.check(
    [each["said"] for each in found["witnesses"]] == ["cosigned", "cosigned"],
    f"what they said: {found['witnesses']}",
)
copy = provider.work / "copy"
shutil.copytree(provider.data / "log", copy)
told = said("log", "verify", "--log", copy, "--policy", policy)
checks.check("policy: met" in told and "one (witness.example.org/one): cosigned at" in told, told)
proof = provider.work / "one.tlog-proof"
provider.run("log", "prove", 1, "--out", proof)
checked = provider.run("log", "check-proof", proof, "--policy", policy)
checks.check(checked["ok"] and checked["policy"]["met"], f"proof: {checked}")
append()
checks.check(lines(published.read_text()) == [origin], "an entry does not wait for witnesses")
found = json.loads(said("--json", "log", "verify", "--policy", policy, expect=1))
checks.check("does not meet the policy" in found["problems"][0], f"{found['problems']}")
# A proof leads to the newest checkpoint that meets the policy.
cosigned_proof = provider.run("log", "prove", 1)["proof"]
checks.check(cosigned_proof == proof.read_text(), "a proof of an older entry stays cosigned")
newest = provider.run("log", "prove", 4)["proof"]
checks.check("witness.example.org" not in newest, "the newest entry is not cosigned yet")
checks.check(provider.run("log", "cosign")["met"], "cosigned again, with a proof that it grew")

# Reopening, rebuilding and kill -9 of a witness lose nothing.
before = published.read_text()
provider.run("log", "rebuild")
checks.check(published.read_text() == before, "rebuild keeps cosignatures")
two.stop(signal.SIGKILL)
append()
answer = json.loads(said("--json", "log", "cosign", expect=1))
checks.check(not answer["met"] and "missing `two`" in answer["missing"], f"{answer}")
state = {each["name"]: each for each in answer["witnesses"]}
checks.check(state["one"]["said"] == "cosigned", f"{state}")
checks.check(state["two"]["said"] == "unreachable", f"{state}")
told = said("log", "cosign", expect=1)
checks.check("the policy is not met" in told and "two: unreachable" in told, told)
two.start(vkey)
checks.check(provider.run("log", "cosign")["met"], "a killed witness goes on where it was")
status, shown = two.get(f"/{sha256(origin.encode()).hexdigest()}/checkpoint")
checks.check(status == 200 and lines(shown) == [origin, names[2]], f"monitors see: {shown}")
checks.check(shown.split("\n\n")[0] == published.read_text().split("\n\n")[0], "the newest")

# A witness that does not know the log, and one that has another key of it, say what to do.
two.stop()
stranger = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
two.start(stranger)
append()
told = said("log", "cosign", expect=1)
checks.check("two: not served: it does not serve this log" in told and "404" in told, told)
two.stop()
two.start(vkey)

# serve asks after new entries, and nobody waits for it.
provider.serve()
append()
checks.check(
    wait_until(lambda: lines(published.read_text()) == names), "serve has the checkpoint cosigned"
)
one.stop()
append()
checks.check(
    wait_until(lambda: lines(published.read_text()) == [origin, names[2]]),
    "one that is down holds nobody up",
)
one.start(vkey)
checks.check(
    wait_until(lambda: sorted(lines(published.read_text())) == sorted(names), 40),
    "it is asked again",
)
provider.stop()

# An older copy is put back. What the directory remembers shows it; without that, the witness.
older = provider.work / "older"
shutil.copytree(provider.data, older)
append()
checks.check(provider.run("log", "cosign")["met"], "one more entry, seen by others")
newer = provider.work / "newer"
provider.data.rename(newer)
shutil.copytree(older, provider.data)
shutil.rmtree(provider.data / "witness")
shutil.copytree(newer / "witness", provider.data / "witness")
offline = provider.run("log", "show", expect=3)
checks.refused("offline", offline, "a witness cosigned", "older copy", "put the newest copy back")
shutil.rmtree(provider.data)
shutil.copytree(older, provider.data)
refused = provider.start("serve", "--listen", "127.0.0.1:0")
_, error = refused.communicate(timeout=60)
checks.check(refused.returncode == 3, f"serve starts on an older copy: {error}")
checks.refused("serve", error.decode(), "witness `one`", "older copy", "put the newest copy back")
refusal = provider.run("log", "show", expect=3)
checks.refused("and from then on", refusal, "shows this log's checkpoint", "older copy")

# The same, and it was written on: two histories under one name.
shutil.rmtree(provider.data)
shutil.copytree(older, provider.data)
for _ in range(3):
    append()
split = provider.run("log", "cosign", expect=3)
checks.refused("a fork", split, "shows this log's checkpoint", "older copy")
shutil.rmtree(provider.data)
newer.rename(provider.data)
append()
checks.check(provider.run("log", "cosign")["met"], "the newest copy goes on")

# What a witness must not forget is refused when it is damaged.
one.stop()
text = one.state.read_text()
one.state.write_text(text[: len(text) // 2])
damaged = provider.run(
    "log", "witness", "--key", one.key, "--state", one.state, "--log", vkey, expect=3
)
checks.refused("a damaged memory", damaged, "must not go on under its old name")
two.stop()
checks.end()
