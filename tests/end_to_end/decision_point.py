"""A `proviso point` of its own process, and questions to it."""

import http.client
import json
import resource
import subprocess
import threading

METHODS = {"create": "MKCOL", "invoke": "POST", "write": "PUT", "read": "GET", "delete": "DELETE"}


class Point:
    """One `proviso point`; what it says on standard error is in `said`."""

    def __init__(self, provider, table, *args, config=None, files_max=None):
        """`files_max`: so many files it may have open."""
        command = [provider.binary, "point", "--table", str(table), "--json", *map(str, args)]
        command += ["--listen", "127.0.0.1:0"] if config is None else ["--config", str(config)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=provider.work,
            text=True,
            preexec_fn=files_max
            and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files_max, files_max))),
        )
        self.said = []
        self.reading = threading.Thread(target=self._read, daemon=True)
        self.reading.start()
        line = self.process.stdout.readline()
        if not line:
            self.reading.join(10)
            raise SystemExit("point did not start: " + "".join(self.said))
        self.ready = json.loads(line)
        self.ports = self.ready["ports"]

    def _read(self):
        for line in self.process.stderr:
            self.said.append(line)

    def has_said(self, *parts):
        return any(all(part in line for part in parts) for line in list(self.said))

    def ask(self, subscription, service, region, operation, listener=0):
        """(status, headers) of forward-auth."""
        return ask(
            self.ports[listener],
            "/authz/forward",
            {
                "X-Proviso-Subscription": subscription,
                "X-Proviso-Service": service,
                "X-Proviso-Region": region,
                "X-Original-Method": METHODS.get(operation, operation),
            },
        )

    def get(self, path, listener=0):
        """(status, text) of a path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[listener], timeout=10)
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text

    def end(self, kill=False):
        """Ends it; its exit code."""
        if self.process.poll() is None:
            (self.process.kill if kill else self.process.terminate)()
        code = self.process.wait(30)
        self.reading.join(10)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


def ask(port, path, headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.headers
