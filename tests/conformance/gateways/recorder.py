"""Stands where a decision point would, allows everything, and keeps each request byte for byte."""

import contextlib
import json
import socket
import threading

ALLOW = b'{"result":true}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(ALLOW),
    ALLOW,
)


class Recorder:
    def __init__(self):
        self.requests = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        # They end with the test: who asks may keep its connections as long as it likes.
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.server.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        waiting = b""
        with client, contextlib.suppress(OSError):
            while data := client.recv(65536):
                waiting += data
                while (size := length(waiting)) is not None and len(waiting) >= size:
                    self.requests.append(waiting[:size])
                    waiting = waiting[size:]
                    client.sendall(ANSWER)


def length(request):
    """Of the first request in these bytes, head and body; None while its head is not all there."""
    head, end, _ = request.partition(b"\r\n\r\n")
    if not end:
        return None
    lengths = [value for name, value in headers(request) if name.lower() == "content-length"]
    return len(head) + len(end) + int(lengths[0] if lengths else 0)


def headers(request):
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return [tuple(line.split(": ", 1)) for line in lines]


def body(request):
    return request.partition(b"\r\n\r\n")[2]


def members(value, at=""):
    """Where each member of a JSON value stands, in the order in which they were sent."""
    found = []
    if isinstance(value, dict):
        for name, inner in value.items():
            found += [f"{at}/{name}", *members(inner, f"{at}/{name}")]
    return found


def shape(request):
    """What two requests of the same client have in common, however their values differ."""
    line = request.partition(b"\r\n")[0].decode()
    text = body(request)
    differing = ("Host", "Content-Length")
    told = [(name, None if name in differing else value) for name, value in headers(request)]
    return line, told, members(json.loads(text)) if text else []
