"""Texts that must never come out again, and where to look for them."""

import base64
import hashlib
import json
import pathlib
import re
import struct
import subprocess

SENTENCES = [
    "Call me on {n} after the evening prayer, the child is ill",
    "Speaker 2: no, I am at my mother's house, number {n}",
    "RIFF$\u00e2WAVEfmt \u00ff\u00fb\u0090d {n}",
    "+{n}",
    "Yara Invented-Listener {n}",
    "intercept/2026/03/line-{n}.wav",
]


# Every planted text has a telephone number of its own, too long to stand in a hash by chance.
NUMBER = re.compile(rb"31655501\d{7}")


class Canaries:
    """Hands out texts and finds them wherever they went. `series`: a digit of its own."""

    def __init__(self, series):
        self.series = series
        self.where = {}
        self.secrets = {}

    def plant(self, where):
        text = SENTENCES[len(self.where) % len(SENTENCES)]
        return text.format(n=self.number(where))

    def plant_name(self, where):
        """The same by the characters of a name, which a refusal of free text does not stop."""
        return f"jane-doe-{self.number(where)}"

    def number(self, where):
        number = f"31655501{self.series}{len(self.where):06}"
        self.where[number.encode()] = where
        return number

    def secret(self, text, where):
        """A text that others chose."""
        self.secrets[text.encode()] = where
        return text

    def found(self, content):
        """Where those were planted that stand in `content` (bytes), be it as UTF-16."""
        content = content.replace(b"\0", b"")
        places = {self.where.get(number) for number in NUMBER.findall(content)}
        places |= {where for text, where in self.secrets.items() if text in content}
        return sorted(places - {None})

    def found_below(self, folder):
        found = {}
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.is_file():
                places = self.found(path.read_bytes() + b"\n" + path.name.encode())
                if places:
                    found[str(path.relative_to(folder))] = places
        return found


def say(provider, *args, key=None, stdin=b""):
    """The program's exit code, and all that it wrote."""
    process = provider.start(*args, key=key)
    try:
        out, err = process.communicate(stdin, timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, out + b"\n" + err


def chacha20(key, nonce, cipher):
    """RFC 8439, from block 1 on, where the encrypted bytes begin."""

    def quarter(s, a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = s[x] + s[y] & 0xFFFFFFFF
            s[z] ^= s[x]
            s[z] = (s[z] << turn | s[z] >> 32 - turn) & 0xFFFFFFFF

    out = b""
    for block in range(0, len(cipher), 64):
        start = list(
            struct.unpack(
                "<16I", b"expand 32-byte k" + key + struct.pack("<I", 1 + block // 64) + nonce
            )
        )
        state = list(start)
        for _ in range(10):
            for at in range(4):
                quarter(state, at, 4 + at, 8 + at, 12 + at)
            for at in range(4):
                quarter(state, at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4)
        stream = struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(state, start)))
        out += bytes(a ^ b for a, b in zip(cipher[block : block + 64], stream))
    return out


def seed_of(key_file, passphrase):
    """Opens a person's key file, as docs/formats/keys.md says."""
    cost = key_file["scrypt"]
    key = hashlib.scrypt(
        passphrase.encode(),
        salt=bytes.fromhex(cost["salt"]),
        n=cost["n"],
        r=cost["r"],
        p=cost["p"],
        dklen=32,
        maxmem=1 << 29,
    )
    sealed = base64.b64decode(key_file["sealed"])
    return chacha20(key, sealed[:12], sealed[12:-16])


def example_seed(source):
    """The seed in the key file that the document shows."""
    text = (source / "docs/formats/keys.md").read_text()
    begin = text.index('{\n  "format": "proviso-key/v1"')
    return seed_of(
        json.loads(text[begin : text.index("```", begin)]), "correct horse battery staple"
    )


def spellings(secret):
    """Bytes as a file may hold them."""
    return [
        secret,
        secret.hex().encode(),
        secret.hex().upper().encode(),
        base64.b64encode(secret).rstrip(b"="),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
    ]
