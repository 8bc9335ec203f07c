"""One entry of the log: proven to somebody who has no more of it, and its parts opened."""

import base64
import json
import shutil

from provider import Checks, arguments

provider = arguments()
checks = Checks()
vkey = provider.run("init")["vkey"]
provider.import_examples()
SIZE = 4  # init, and three imports


def said(*args, expect=0):
    process = provider.start(*args)
    out, err = process.communicate()
    checks.check(process.returncode == expect, f"{args}: exit {process.returncode}: {err}")
    return out.decode()


# A proof, as a file and on standard output, from the data directory and from a copy of its log.
proof = provider.work / "one.tlog-proof"
entry = provider.work / "one.bytes"
answer = provider.run("log", "prove", 1, "--out", proof, "--entry", entry)
checks.check(answer["size"] == SIZE and answer["index"] == 1, f"prove: {answer}")
checks.check(answer["proof"] == proof.read_text(), "the file is the proof")
checks.check(base64.b64decode(answer["entry"]) == entry.read_bytes(), "the entry is the entry")
checks.check(said("log", "prove", 1) == proof.read_text(), "standard output is the proof")
copy = provider.work / "copy"
shutil.copytree(provider.data / "log", copy)
of_copy = said("log", "prove", 1, "--log", copy, "--vkey", vkey)
checks.check(of_copy == proof.read_text(), "a copy of the log proves the same")
told = said("log", "prove", 1, "--out", provider.work / "again.tlog-proof")
checks.check(f"entry 1 is in `{answer['origin']}`, of {SIZE} entries" in told, told)
checks.refused("beyond", provider.run("log", "prove", SIZE, expect=1), "the log has 4")
checks.refused("no key", provider.run("log", "prove", 0, "--log", copy, expect=2), "--vkey")

# Its check, with the data directory out of the way.
away = provider.work / "away"
provider.data.rename(away)
report = provider.run("log", "check-proof", proof, "--vkey", vkey)
checks.check(report["ok"] and report["index"] == 1 and report["size"] == SIZE, f"{report}")
checks.check(report["entry"]["type"] == "catalogue.imported", f"{report}")
told = said("log", "check-proof", proof, "--vkey", vkey, "--entry", entry)
checks.check(f"entry 1 is in `{answer['origin']}`" in told and "catalogue" in told, told)
entry.write_bytes(entry.read_bytes()[:-1] + b"\x07")
told = said("log", "check-proof", proof, "--vkey", vkey, "--entry", entry, expect=1)
checks.check("the proof does not hold: expected entry and hashes to lead to" in told, told)
found = json.loads(
    said("log", "check-proof", proof, "--vkey", vkey, "--entry", entry, "--json", expect=1)
)
checks.check(not found["ok"] and found["entry"] is None and found["problem"], f"{found}")
away.rename(provider.data)

# What is held has the committed digest; secrets are compared, and never shown.
opened = provider.run("log", "open", 1)
part = opened["parts"][0]
checks.check((part["name"], part["state"], part["shown"]) == ("catalogue", "held", True), f"{part}")
checks.check(bytes.fromhex(part["digest"]) in base64.b64decode(answer["entry"]), "its digest")
checks.check("services" in part["text"], "the catalogue is shown")
secret = provider.run("log", "open", 0)["parts"][0]
checks.check(
    secret == {**secret, "name": "pseudonym_key", "state": "held", "shown": False}
    and "text" not in secret,
    f"{sorted(secret)}",
)
told = said("log", "open", 0)
checks.check("pseudonym_key: held, and has the committed SHA-256" in told, told)
checks.check("its text is not shown here" in told, told)
checks.refused("open", provider.run("log", "open", SIZE, expect=1), "the log has 4")

checks.end()
