"""What a client of ours really asks, held against the requests that tests replay.

With PROVISO_RECORD set, the files that are replayed are written anew.
"""

import json
import os
import re

from point import SlowStandIn

WRITES = bool(os.environ.get("PROVISO_RECORD"))
# The lines of a head by which a client of Java asks for HTTP/2.
UPGRADE = re.compile(rb"(?m)^(?:Connection|HTTP2-Settings|Upgrade): .*\r\n")


class Recorder(SlowStandIn):
    """Keeps what is asked, byte by byte."""

    def __init__(self, port, behind):
        self.said = {}  # by connection
        super().__init__(port, behind, seconds=0)

    def heard(self, client, data):
        self.said.setdefault(client, bytearray()).extend(data)

    def requests(self):
        """The requests, head and body, in the order of each connection."""
        for said in list(self.said.values()):
            rest = bytes(said)
            while rest:
                head, _, rest = rest.partition(b"\r\n\r\n")
                length = int(re.search(rb"(?im)^content-length: *(\d+)", head).group(1))
                yield head + b"\r\n\r\n" + rest[:length]
                rest = rest[length:]


def shape(request):
    """The names in the head of a request, in their order, and those of all members of its body."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *headers = head.split(b"\r\n")

    def members(value, path=""):
        if not isinstance(value, dict):
            return [(path, type(value).__name__)]
        return [one for name, inner in value.items() for one in members(inner, f"{path}/{name}")]

    return line, [one.split(b":")[0] for one in headers], members(json.loads(body or b"null"))


def invented(request, places):
    """The request with invented names and addresses in place of those of this run."""
    for real, other in places.items():
        request = request.replace(real.encode(), other.encode())
    head, _, body = request.partition(b"\r\n\r\n")
    length = f"Content-Length: {len(body)}".encode()
    return re.sub(rb"Content-Length: \d+", length, head) + b"\r\n\r\n" + body
