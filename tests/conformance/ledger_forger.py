"""Writes logs in the formats of docs/formats/ledger.md, also such as the program never would.

Python's standard library and the openssl command: a second hand at the formats. Whoever has the
log's key can do all of this; what the people's keys sign cannot be made here.
"""

import base64
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import tempfile

WIDTH = 256
# What stands before a seed of 32 bytes in its DER form (RFC 8410).
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
TIME = "2026-11-22T12:00:00.000Z"


def canonical(value):
    """RFC 8785, for what has ASCII keys and no fractions."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def openssl(arguments, message=b""):
    done = subprocess.run(["openssl", *arguments], input=message, capture_output=True, check=True)
    return done.stdout


class Key:
    """An Ed25519 key, by its seed."""

    def __init__(self, seed):
        self.der = PKCS8 + seed
        self.acts = 0
        with self.file(self.der) as path:
            spki = openssl(["pkey", "-inform", "DER", "-in", path, "-pubout", "-outform", "DER"])
        self.public = spki[-32:]
        self.text = "ed25519:" + base64.b64encode(self.public).decode()

    @staticmethod
    def from_base64(seed):
        return Key(base64.b64decode(seed))

    @staticmethod
    def file(content):
        return TemporaryFile(content)

    def sign(self, message):
        with self.file(self.der) as key, self.file(message) as path:
            return openssl(
                ["pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", key, "-in", path]
            )

    def act(self, name, args):
        self.acts += 1
        nonce = f"{self.acts:032x}"  # each act stands in a log once
        body = hashlib.sha256(canonical({"args": args, "nonce": nonce})).hexdigest()
        message = {
            "act": name,
            "at": TIME,
            "body": body,
            "key": self.text,
            "log": "log.example.com/matrix",
            "proviso": "act/v1",
        }
        return {
            "algorithm": "ed25519",
            "args": args,
            "at": TIME,
            "body": body,
            "key": self.text,
            "name": name,
            "nonce": nonce,
            "signature": base64.b64encode(self.sign(canonical(message))).decode(),
        }


class TemporaryFile:
    def __init__(self, content):
        self.content = content

    def __enter__(self):
        handle, self.path = tempfile.mkstemp()
        with os.fdopen(handle, "wb") as file:
            file.write(self.content)
        return self.path

    def __exit__(self, *_):
        os.unlink(self.path)


def number_path(number):
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def tile_path(number, width):
    return number_path(number) + ("" if width == WIDTH else f".p/{width}")


def bundle_end(bundle, count):
    """Where the first `count` entries end."""
    at = 0
    for _ in range(count):
        at += 2 + struct.unpack_from(">H", bundle, at)[0]
    return at


def read_entries(log):
    size = int((log / "checkpoint").read_text().split("\n")[1])
    entries = []
    for begin in range(0, size, WIDTH):
        width = min(WIDTH, size - begin)
        bundle = (log / "tile/entries" / tile_path(begin // WIDTH, width)).read_bytes()
        at = 0
        for _ in range(width):
            length = struct.unpack_from(">H", bundle, at)[0]
            entries.append(bundle[at + 2 : at + 2 + length])
            at += 2 + length
    return entries


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def tree_root(hashes):
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + tree_root(hashes[:half]) + tree_root(hashes[half:])).digest()


def checkpoint(hashes, key, origin):
    body = f"{origin}\n{len(hashes)}\n{base64.b64encode(tree_root(hashes)).decode()}\n"
    identity = hashlib.sha256(origin.encode() + b"\n\x01" + key.public).digest()[:4]
    signature = base64.b64encode(identity + key.sign(body.encode())).decode()
    return f"{body}\n\u2014 {origin} {signature}\n"


def write_log(folder, entries, key, origin):
    """The files of a log of these entries, each as a log of that size has it."""
    folder = pathlib.Path(folder)
    hashes = [leaf_hash(entry) for entry in entries]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "addenda.v1").write_bytes(b"")
    (folder / "checkpoint").write_text(checkpoint(hashes, key, origin))
    for begin in range(0, len(entries), WIDTH):
        part = entries[begin : begin + WIDTH]
        bundle = b"".join(struct.pack(">H", len(entry)) + entry for entry in part)
        write(folder / "tile/entries" / tile_path(begin // WIDTH, len(part)), bundle)
    level = 0
    while hashes:
        above = []
        for begin in range(0, len(hashes), WIDTH):
            part = hashes[begin : begin + WIDTH]
            path = folder / "tile" / str(level) / tile_path(begin // WIDTH, len(part))
            write(path, b"".join(part))
            if len(part) == WIDTH:
                above.append(tree_root(part))
        hashes, level = above, level + 1


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def split(entry):
    """The JSON of an entry, and the digests of its addenda."""
    count = entry[-1]
    end = len(entry) - 1 - 36 * count
    return entry[:end], entry[end : end + 32 * count]


def envelope(entry):
    return json.loads(split(entry)[0])


def with_envelope(entry, changed):
    """The same addenda below another JSON."""
    digests = split(entry)[1]
    text = canonical(changed)
    count = len(digests) // 32
    offsets = b"".join(struct.pack(">I", len(text) + 32 * i) for i in range(count))
    return text + digests + offsets + bytes([count])


def bare_entry(kind, actor, act, data):
    event = {"act": act, "actor": actor, "addenda": [], "data": data, "time": TIME, "type": kind}
    return canonical({**event, "v": 1}) + b"\x00"


def signed_entries(roster_hash, version, signers):
    """`roster.signed` by each (pseudonym, key)."""
    args = {"hash": roster_hash, "version": version}
    return [
        bare_entry("roster.signed", name, key.act("roster sign", args), args)
        for name, key in signers
    ]


def proposed_entry(roster, key, proposer):
    data = {"hash": hashlib.sha256(canonical(roster)).hexdigest(), "roster": roster}
    act = key.act("roster propose", {"roster": roster})
    return data["hash"], bare_entry("roster.proposed", proposer, act, data)


def roster_entries(roster, key, proposer, signers):
    """A next roster, proposed and signed in the names of people, by one key."""
    digest, proposal = proposed_entry(roster, key, proposer)
    return [proposal, *signed_entries(digest, roster["version"], [(name, key) for name in signers])]


def first_roster_entries(roster, keys):
    digest, proposal = proposed_entry(roster, keys[0], "operator")
    names = [person["pseudonym"] for person in roster["people"]]
    return [proposal, *signed_entries(digest, 1, list(zip(names, keys))[: roster["quorum"]])]
