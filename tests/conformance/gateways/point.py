"""The decision point of these tests: killed, stopped, started again, or slow by a stand-in."""

import contextlib
import selectors
import signal
import socket
import threading
import time

import processes
from provider import Failure, wait_until

LISTENER = """\
  - address: 127.0.0.1:{port}
{lines}"""


class Point:
    """`proviso point` with listeners on ports of their own, which it keeps when started again.

    The table that it reads is kept by a `proviso serve`, which goes on whatever comes of the point.
    """

    def __init__(self, provider, listeners, with_verdicts=True):
        """`listeners` are the lines of serve.yaml below each address."""
        self.provider = provider
        self.listeners = listeners
        self.ports = [processes.free_port() for _ in listeners]
        self.port = self.ports[0]
        self.log = provider.work / "point.log"
        self.table = provider.data / "table" / "current"
        self.verdicts = provider.work / "verdicts.jsonl"
        self.options = ["--verdicts", self.verdicts, "--verdicts-clear"] if with_verdicts else []
        self.process = None
        command = [provider.binary, "-C", provider.data, "serve", "--listen", "127.0.0.1:0"]
        self.writer = processes.start(command, self.log, cwd=provider.work)
        if not wait_until(self.table.exists, 30):
            raise Failure(f"no decision table is written: {processes.tail(self.log)}")

    def start(self, ports=None, table=None):
        """Waits until it answers; `table`: another file to read its table from."""
        ports = ports or self.ports
        config = self.provider.write("serve.yaml", listening(ports, self.listeners))
        command = [self.provider.binary, "point", "--table", table or self.table]
        command += ["--config", config, *self.options]
        self.process = processes.start(command, self.log, cwd=self.provider.work)
        ready = (200,) if table is None else (503,)

        def stands():
            ended = self.process.poll() is not None
            return ended or processes.answers(ports[0], "/readyz") in ready

        if not wait_until(stands, 30) or self.process.poll() is not None:
            raise Failure(f"the decision point did not start: {processes.tail(self.log)}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        processes.end(self.process)

    @contextlib.contextmanager
    def killed(self):
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextlib.contextmanager
    def without_table(self):
        self.stop()
        self.start(table=self.provider.work / "no-such-table")
        try:
            yield
        finally:
            self.stop()
            self.start()

    @contextlib.contextmanager
    def hung(self):
        self.process.send_signal(signal.SIGSTOP)
        wait_until(lambda: processes.is_stopped(self.process.pid))
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)
            wait_until(lambda: processes.answers(self.port, "/readyz") == 200, 30)

    @contextlib.contextmanager
    def slow(self, seconds):
        """The point moves to other ports, and what it says from there arrives late."""
        with self.behind(lambda port, behind: SlowStandIn(port, behind, seconds)):
            yield

    @contextlib.contextmanager
    def behind(self, stand_in):
        """The point moves to other ports; `stand_in`, given a port and that behind it, is asked."""
        self.stop()
        behind = [processes.free_port() for _ in self.ports]
        self.start(behind)
        stand_ins = [stand_in(*ports) for ports in zip(self.ports, behind)]
        try:
            yield stand_ins
        finally:
            for stand_in in stand_ins:
                stand_in.stop()
            self.stop()
            self.start()


def listening(ports, listeners):
    return "listeners:\n" + "".join(
        LISTENER.format(port=port, lines=lines) for port, lines in zip(ports, listeners)
    )


class SlowStandIn:
    """Hands bytes on in both directions; what the point says, only after `seconds`."""

    def __init__(self, port, behind, seconds):
        self.behind = behind
        self.seconds = seconds
        self.stopped = threading.Event()
        self.server = socket.socket()
        self.server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.server.bind(("127.0.0.1", port))
        self.server.listen(64)
        self.server.settimeout(0.05)
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def stop(self):
        self.stopped.set()
        for thread in list(self.threads):
            thread.join()
        self.server.close()

    def _accept(self):
        while not self.stopped.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = self.server.accept()
                thread = threading.Thread(target=self._serve, args=(client,))
                self.threads.append(thread)
                thread.start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):
            with socket.create_connection(("127.0.0.1", self.behind)) as point:
                self._relay(client, point)

    def _relay(self, client, point):
        sides = selectors.DefaultSelector()
        sides.register(client, selectors.EVENT_READ, point)
        sides.register(point, selectors.EVENT_READ, client)
        while not self.stopped.is_set():
            for key, _ in sides.select(0.05):
                data = key.fileobj.recv(65536)
                if not data:
                    return
                if key.fileobj is point:
                    time.sleep(self.seconds)
                else:
                    self.heard(client, data)
                key.data.sendall(data)

    def heard(self, client, data):
        """What `client` says, for who wants to know."""
