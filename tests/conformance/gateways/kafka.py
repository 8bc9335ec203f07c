"""Brokers of Apache Kafka without any service manager, and customers of theirs with its clients.

A cluster is one process, broker and controller at once; everybody signs in with SASL/PLAIN.
"""

import os
import pathlib
import subprocess
import threading

import processes
from http_gateway import Seen
from provider import Failure

BROKER = "broker"  # its own user, with which the parts of a cluster speak to each other
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
CONFIG = """\
process.roles=broker,controller
node.id=1
listeners=SASL_PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:{controller_port}
listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
inter.broker.listener.name=SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config={login}
listener.name.controller.plain.sasl.jaas.config={login}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.dirs={root}/log
{options}"""
JAVA = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"]
JAVA += ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
CLUSTER_ID = "cHJvdmlzby1pbnZlbnRlZA"
PATIENCE_SECONDS = 90


def java(main, *arguments):
    built = pathlib.Path(os.environ["PROVISO_KAFKA"])
    return [*JAVA, "-cp", f"{built / 'lib'}/*:{built / 'classes'}", main, *arguments]


def secret_of(user):
    return f"secret-of-{user}"


class Broker:
    """`options` are lines of its server.properties; its users have the secrets of `secret_of`."""

    def __init__(self, root, users, options):
        root.mkdir()
        self.log = root / "broker.log"
        self.port = processes.free_port()
        self.address = f"127.0.0.1:{self.port}"
        users = "".join(f' user_{user}="{secret_of(user)}"' for user in [BROKER, *users])
        own = f'username="{BROKER}" password="{secret_of(BROKER)}"'
        config = root / "server.properties"
        config.write_text(
            CONFIG.format(
                root=root,
                port=self.port,
                controller_port=processes.free_port(),
                login=f"{LOGIN} {own}{users};",
                options=options,
            )
        )
        form = java("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", config)
        done = subprocess.run(list(map(str, form)), capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"kafka.tools.StorageTool: {done.stdout[-500:]}{done.stderr[-1000:]}")
        self.process = processes.start(java("kafka.Kafka", config), self.log)


class Customers:
    """One process in which everybody does what they do, each with a client of their own."""

    def __init__(self, log):
        self.log = log
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                java("KafkaDeeds"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
            )
        self.lock = threading.Lock()
        self.asked = 0
        self.came = {}  # number of a deed -> what came of it
        self.arrived = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            number, code, name, millis, text = line.rstrip("\n").split("\t", 4)
            seen = Seen(int(code), {}, f"{name} {text}".encode(), int(millis) / 1000)
            # A list is answered whatever is denied, and then lacks the topic.
            seen.by_service = seen.status == 0 and text != "not listed"
            with self.arrived:
                self.came[int(number)] = seen
                self.arrived.notify_all()

    def begin(self, broker, user, deed, topic):
        """Has `user` do it; what came of it is the answer of the function that is returned."""
        with self.lock:
            self.asked += 1
            number = self.asked
            line = [str(number), broker.address, user, deed, topic]
            self.process.stdin.write("\t".join(line) + "\n")

        def outcome():
            with self.arrived:
                if not self.arrived.wait_for(lambda: number in self.came, PATIENCE_SECONDS):
                    raise Failure(f"nothing came of {line}: {processes.tail(self.log)}")
                return self.came.pop(number)

        return outcome

    def does(self, broker, user, deed, topic):
        return self.begin(broker, user, deed, topic)()

    def await_broker(self, broker):
        """Its users' clients try on while it is not there yet."""
        seen = self.does(broker, BROKER, "create", "first")
        if not seen.by_service:
            raise Failure(f"no broker: {seen}: {processes.tail(broker.log)}")

    def end(self):
        self.process.stdin.close()
        self.process.wait(20)
