"""A gateway before the backend, and what its clients see of it."""

import http.client
import time
import urllib.parse

# What makes the service do each operation, and the addresses of what is asked about.
METHODS = {"read": "GET", "write": "PUT", "create": "MKCOL", "delete": "DELETE", "invoke": "POST"}


class Seen:
    """What a client got."""

    def __init__(self, status, headers, body, seconds):
        self.status = status
        self.headers = headers
        self.body = body
        self.has_body = True
        self.seconds = seconds
        # A gateway that does not tell the client may have told the service, which says so.
        self.table = headers.get("X-Proviso-Table") or headers.get("X-Told-Table")
        self.by_service = headers.get("X-Answered-By") == "service"

    def __str__(self):
        return f"{self.status} {dict(self.headers)} {self.body[:200]!r}"


class Client:
    """One connection, kept while the gateway keeps it."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def ask(self, method, target, headers=(), body=None, chunked=False):
        """`headers` are pairs: a name may come more than once."""
        for attempt in (1, 2):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            begun = time.monotonic()
            try:
                self._send(method, target, headers, body, chunked)
                response = self.connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException):
                self.close()
                # A kept connection may have been closed meanwhile; a new one may not.
                if fresh or attempt == 2:
                    raise
                continue
            if response.will_close:
                self.close()
            return Seen(response.status, response.headers, content, time.monotonic() - begun)
        raise AssertionError("not reached")

    def _send(self, method, target, headers, body, chunked):
        connection = self.connection
        connection.putrequest(method, target)
        for name, value in headers:
            connection.putheader(name, value)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
            body = [body] if body else []
        elif body is not None:
            connection.putheader("Content-Length", str(len(body)))
        try:
            connection.endheaders(body, encode_chunked=chunked)
        except BrokenPipeError:
            pass  # refused before all of it was sent: the answer is there

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Requests:
    """Turns questions into requests that the service does when it is reached."""

    def __init__(self, backend, prefix="item"):
        self.backend = backend
        self.prefix = prefix  # of the names of what is asked for
        self.count = 0

    def of(self, cell):
        """(method, target, body) of the cell (subscription, service, region, operation)."""
        subscription, service, _, operation = cell
        self.count += 1
        name = f"{self.prefix}-{self.count}"
        if operation == "manage":
            return "POST", f"/account/{subscription}/appeal", b"please\n"
        if operation in ("read", "delete"):
            self.backend.write(service, subscription, name, f"{subscription}\n")
        target = f"/{service}/{subscription}/{name}" + ("/" if operation == "create" else "")
        body = b"invented\n" if operation in ("write", "invoke") else None
        return METHODS[operation], target, body


def ask(client, requests, cell, headers=()):
    method, target, body = requests.of(cell)
    return client.ask(method, urllib.parse.quote(target), headers, body)
