"""What is said wrongly to the commands of the log, and what strangers' files say through them."""

import base64
import json
import shutil

from provider import Checks, arguments

provider = arguments()
checks = Checks()
vkey = provider.run("init")["vkey"]
provider.import_examples()
log = provider.work / "copy"
shutil.copytree(provider.data / "log", log)
proof = provider.work / "one.tlog-proof"
provider.run("log", "prove", 1, "--out", proof)


def said(*args):
    process = provider.start(*args)
    out, err = process.communicate()
    return process.returncode, out, err


# An option without a value is no option that was left out: it must switch nothing off.
OTHER = ("--log", log, "--vkey", vkey)
for words in (
    ("log", "verify", "--first-roster", ""),
    ("log", "verify", "--policy", ""),
    ("log", "verify", "--seen", ""),
    ("log", "verify", "--log", ""),
    ("log", "verify", "--vkey", ""),
    ("log", "verify", *OTHER, "--first-roster", ""),
    ("log", "verify", *OTHER, "--policy", ""),
    ("log", "verify", *OTHER, "--seen", ""),
    ("log", "prove", 1, "--log", ""),
    ("log", "prove", 1, *OTHER, "--out", ""),
    ("log", "prove", 1, *OTHER, "--entry", ""),
    ("log", "check-proof", proof, "--vkey", vkey, "--entry", ""),
    ("log", "check-proof", proof, "--vkey", vkey, "--policy", ""),
    ("log", "check-proof", proof, "--vkey", ""),
    ("log", "check-addendum", proof, "--proof", "", "--vkey", vkey),
    ("log", "open", 1, "--part", ""),
    ("log", "open", 1, "--out", ""),
    ("log", "show", "--case", ""),
    ("log", "cosign", "--set-policy", ""),
    ("backup", "", "--keys", ""),
    ("restore", "", "--to", ""),
    ("export", ""),
):
    checks.refused(str(words), provider.run(*words, expect=2), "expected a value, found none")

# What remembers the newest checkpoint is not for its first use when it is empty.
seen = provider.work / "seen"
for words in ((), OTHER):
    seen.write_bytes(b"")
    error = provider.run("log", "verify", *words, "--seen", seen, expect=1)
    checks.refused("emptied --seen", error, str(seen), "an empty file", "restore it")
    checks.check(seen.read_bytes() == b"", "an emptied --seen is not written over")
    seen.unlink()
    provider.run("log", "verify", *words, "--seen", seen)
    checks.check(seen.read_bytes() == (log / "checkpoint").read_bytes(), "the first use writes it")

# Wrong usage is 2, and says what is missing; numbers are what people write.
for words in (
    ("log", "verify", "--log", log),
    ("log", "prove", 1, "--log", log),
    ("log", "check-proof", proof),
):
    checks.refused(str(words), provider.run(*words, expect=2), "--vkey")
for index in ("-1", "abc", "", "0x10", "010", "99999999999999999999", "1.0", "+1", " 1"):
    for command in ("open", "prove"):
        code, out, err = said("log", command, index)
        error = err.decode()
        what = f"log {command} `{index}`: {code}, {error}"
        checks.check(code == 2 and not out and len(error) < 300, what)
        checks.check("expected" in error and "309" not in error, what)
        checks.check(not index or f"`{index}`" in error, what)
error = provider.run("log", "prove", 1, "--log", "http://127.0.0.1:9/", "--vkey", vkey, expect=1)
checks.refused("prove --log URL", error, "expected a folder of a log", "copy")

# A stranger's file does not steer the terminal: nothing but text and line feeds comes out.
STEERING = ["\x1b]0;owned\x07", "\x1b[2J", "a\rb", "\x7f", "\u009b31m", "\u202eabc", "\x9b31m"]
good = proof.read_bytes()


def steers(shown):
    """What of this would do something to a terminal."""
    text = shown.decode("utf-8", "surrogateescape")
    return [
        character
        for character in text
        if (ord(character) < 32 and character != "\n")
        or 0x7F <= ord(character) <= 0x9F
        or 0x202A <= ord(character) <= 0x202E
        or 0xDC80 <= ord(character) <= 0xDCFF
    ]


def harmless(what, *args):
    for json_too in ((), ("--json",)):
        code, out, err = said(*args, *json_too)
        checks.check(code in (1, 2), f"{what}: exit {code}")
        found = steers(out + err)
        checks.check(not found, f"{what}: {found[:4]} of {out + err}")
        if json_too and out:
            json.loads(out)


lines = good.split(b"\n")
for text in STEERING:
    raw = text.encode("latin-1") if text == STEERING[-1] else text.encode()
    for number in range(len(lines)):
        bad = provider.work / "bad.tlog-proof"
        bad.write_bytes(b"\n".join([*lines[:number], raw, *lines[number + 1 :]]))
        what = f"{text!r} in line {number + 1}"
        harmless(f"check-proof, {what}", "log", "check-proof", bad, "--vkey", vkey)
        if number % 4 == 0:
            words = ("log", "check-addendum", seen, "--proof", bad, "--vkey", vkey)
            harmless(f"check-addendum, {what}", *words)
    policy = provider.work / "policy.txt"
    policy.write_bytes(b"log " + raw + b"\n")
    harmless(f"policy {text!r}", "log", "check-proof", proof, "--policy", policy)
    harmless(f"verify, policy {text!r}", "log", "verify", *OTHER, "--policy", policy)
    harmless(f"vkey {text!r}", "log", "check-proof", proof, "--vkey", raw)
    for name in ("checkpoint", "tile/entries/000.p/4", "addenda.v1"):
        if not (log / name).exists():
            continue
        kept = (log / name).read_bytes()
        (log / name).write_bytes(raw + kept)
        harmless(f"verify, {text!r} in {name}", "log", "verify", *OTHER)
        (log / name).write_bytes(kept)

# JSON says the same as before, whatever had to be spelt.
entry = base64.b64decode(json.loads(said("log", "prove", "1", "--json")[1])["entry"])
checks.check(b"catalogue.imported" in entry, "the entry as it is")
checks.end()
