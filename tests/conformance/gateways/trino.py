"""A Trino of one node with a catalog in memory, and a client that runs statements on it."""

import http.client
import json
import os
import pathlib

import processes
from provider import Failure, wait_until

# Trino's own, without which it does not start on this Java.
JAVA = [
    "-Xmx1500M",
    "-XX:+UseSerialGC",
    "--add-modules=jdk.incubator.vector",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
]
CONFIG = """\
coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port={port}
discovery.uri=http://127.0.0.1:{port}
query.max-memory=200MB
query.max-memory-per-node=100MB
memory.heap-headroom-per-node=100MB
{more}"""
START_SECONDS = 180  # it loads a hundred jars


class Answer:
    """What became of a statement: its rows, or the name of the error."""

    def __init__(self):
        self.rows = []
        self.error = None
        self.said = ""

    def __repr__(self):
        return f"{self.error}: {self.said}" if self.error else f"{self.rows}"

    @property
    def denied(self):
        return self.error == "PERMISSION_DENIED"


class Trino:
    def __init__(self, folder, more="", **files):
        """`files` by their name in etc/, without the ending; `more` stands in config.properties."""
        self.port = processes.free_port()
        self.log = folder / "server.log"
        (folder / "etc/catalog").mkdir(parents=True)
        (folder / "plugin").symlink_to(pathlib.Path(os.environ["PROVISO_TRINO"]) / "plugin")
        files["config"] = CONFIG.format(port=self.port, more=more)
        files["catalog/lake"] = "connector.name=memory\n"
        for name, text in files.items():
            (folder / f"etc/{name}.properties").write_text(text)
        command = ["nice", os.environ["PROVISO_TRINO_JAVA"], *JAVA, "-Dnode.environment=test"]
        command += ["-Dnode.bind-ip=127.0.0.1", "-Dnode.internal-address=127.0.0.1"]
        command += [f"-Dnode.data-dir={folder}/data", "-Dconfig=etc/config.properties"]
        command += ["-cp", os.environ["PROVISO_TRINO"] + "/lib/*", "io.trino.server.TrinoServer"]
        self.process = processes.start(command, self.log, cwd=folder)

    def wait(self):
        def ready():
            if self.process.poll() is not None:
                raise Failure(f"Trino ended: {processes.tail(self.log)}")
            try:
                return not json.loads(self.call("GET", "/v1/info", {})[1])["starting"]
            except (OSError, ValueError):
                return False

        if not wait_until(ready, START_SECONDS):
            raise Failure(f"Trino does not answer: {processes.tail(self.log)}")

    def call(self, method, path, headers, body=None):
        """The status and the body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def run(self, user, statement, signed_in=None):
        """Runs `statement` as `user`, for whom `signed_in` acts if that is another."""
        headers = {"X-Trino-User": user, "X-Trino-Catalog": "lake", "X-Trino-Schema": "calls"}
        if signed_in:
            headers["X-Trino-Original-User"] = signed_in
        answer = Answer()
        status, body = self.call("POST", "/v1/statement", headers, statement)
        while True:
            if status != 200:
                answer.error, answer.said = f"status {status}", body[:200]
                return answer
            told = json.loads(body)
            answer.rows += told.get("data", [])
            if "error" in told:
                answer.error, answer.said = told["error"]["errorName"], told["error"]["message"]
                return answer
            if "nextUri" not in told:
                return answer
            path = told["nextUri"].split(f":{self.port}", 1)[1]
            status, body = self.call("GET", path, headers)
