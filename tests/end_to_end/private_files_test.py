"""What others on the machine may read or write, and what is refused for it; and places that are
given as addresses."""

import os

from provider import Checks, arguments

provider = arguments()
checks = Checks()
provider.run("init")
provider.import_examples()
provider.make_people()
key = provider.key_path("anna")
opening = ["case", "open", "--title", "Example report"]

# A person's key is its owner's alone, as it was made.
checks.check(os.stat(key).st_mode & 0o777 == 0o600, "a new key")
for mode in (0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o601):
    os.chmod(key, mode)
    error = provider.run(*opening, key="anna", expect=1)
    checks.refused(f"a key of mode {mode:o}", error, f"chmod 600 {key}")
for mode in (0o600, 0o400):
    os.chmod(key, mode)
    provider.run(*opening, key="anna")

# The data directory is not everybody's to write: a group's it may be.
for mode in (0o777, 0o703, 0o1777, 0o702):
    os.chmod(provider.data, mode)
    error = provider.run("case", "list", expect=1)
    checks.refused(f"a data directory of mode {mode:o}", error, f"chmod o-w {provider.data}")
    process = provider.start("serve", "--listen", "127.0.0.1:0")
    _, error = process.communicate(timeout=60)
    checks.check(process.returncode == 1, f"serve: {process.returncode}")
    checks.refused("serve", error.decode(), "chmod o-w")
    # What is there can be looked at before it is trusted again.
    report = provider.run("log", "verify")
    checks.check(report["ok"] and "chmod o-w" in report["closed"], f"log verify: {report}")
for mode in (0o770, 0o755, 0o700):
    os.chmod(provider.data, mode)
    provider.run("case", "list")
open_to_all = provider.work / "open-to-all"
open_to_all.mkdir()
os.chmod(open_to_all, 0o777)
own, provider.data = provider.data, open_to_all
error = provider.run("init", expect=1)
provider.data = own
checks.refused("init in a directory of everybody", error, f"chmod o-w {open_to_all}")
checks.check(list(open_to_all.iterdir()) == [], "and nothing is made")

# A witness is asked by HTTP.
made = provider.run("log", "witness", "--new-key", "w.key", "--state", "w.json", "--name", "w/one")
for address in ("ftp://w.example.org/", "file:///etc/passwd", "w.example.org"):
    policy = provider.write(
        "policy.txt", f"# Witnesses.\nwitness one {made['vkey']} {address}\nquorum one\n"
    )
    error = provider.run("log", "cosign", "--set-policy", policy, expect=1)
    checks.refused(f"a witness at {address}", error, "policy.txt", "line 2", address, "https://")
    # Who only verifies asks nobody.
    report = provider.start("log", "verify", "--policy", policy)
    out, error = report.communicate()
    checks.check(report.returncode == 1 and b"one" in out, f"verify: {out} {error}")
checks.check("policy" not in (provider.data / "proviso.json").read_text(), "none was taken")

# A published log is a folder.
folder, keys = provider.work / "backup", provider.work / "keys-apart"
provider.run("backup", folder, "--keys", keys)
words = ["restore", folder, "--keys", keys, "--to", provider.work / "restored", "--published"]
error = provider.run(*words, "https://log.example.org/log", expect=1)
checks.refused("--published URL", error, "expected a folder", "found the address", "export")
error = provider.run(*words, provider.work / "absent", expect=1)
checks.refused("--published without a log", error, "absent/checkpoint", "expected a folder")
checks.check(not (provider.work / "restored").exists(), "nothing is made")
provider.run(*words, provider.data / "log")
checks.end()
