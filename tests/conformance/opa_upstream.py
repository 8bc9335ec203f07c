"""An operator's own OPA behind ours, the real program: what either of them denies is denied."""

import gzip
import http.client
import json
import pathlib
import re
import signal
import socket
import subprocess
import time

from provider import Failure, wait_until

POLICY = """package own

default allow := false

allow if input.user.id != "sub-they-deny"

detail := {"allow": allow, "rules": ["own", 1.5]}

known if input.user.id == "sub-known"

conflict := "one"

conflict := "two"

batch contains i if {
	some i
	input.action.filterResources[i].catalog.name != "hidden"
}

silence := {
	"method": "get",
	"url": "http://127.0.0.1:SILENT/",
	"timeout": "700ms",
	"raise_error": false,
}

waits if http.send(silence)
"""
PLAIN = """  - address: 127.0.0.1:0
    protocol: opa
    overwritten_by: tests
    subscription: {{input: /user/id}}
    named_operation: {{input: /operation}}
    upstream: http://127.0.0.1:{port}/v1/data/own/{rule}
    upstream_ms: {limit}
    trouble: {trouble}
"""
ADAPTED = """  - address: 127.0.0.1:0
    protocol: opa
    adapter: {adapter}
    upstream: http://127.0.0.1:{port}/v1/data/own/{rule}
    upstream_ms: {limit}
    trouble: {trouble}
"""
PATH = "/v1/data/proviso/blob-store/nl-1/allow"
TRUE, FALSE = {"result": True}, {"result": False}
# Long enough for a computer with other work; only what waits for it is told from what does not.
PATIENT, IMPATIENT = 10_000, 300


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Opa:
    """The operator's, with POLICY."""

    def __init__(self, program, work, silent):
        self.port = free_port()
        policy = pathlib.Path(work) / "own.rego"
        policy.write_text(POLICY.replace("SILENT", str(silent)))
        self.command = [str(program), "run", "--server", "--log-level=error"]
        self.command += ["--skip-version-check", f"--addr=127.0.0.1:{self.port}", str(policy)]
        self.log = pathlib.Path(work) / "opa.log"
        self.process = None

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        if not wait_until(self.is_there, 60):
            raise Failure("the operator's OPA does not answer")

    def is_there(self):
        try:
            return ask(self.port, "GET", "/health")[0] == 200
        except OSError:
            return False

    def asked(self):
        """How many questions it has had."""
        text = ask(self.port, "GET", "/metrics")[2].decode()
        row = r'(?m)^http_request_duration_seconds_count\{.*handler="v1/data".*\} (\d+)$'
        return sum(int(number) for number in re.findall(row, text))

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        self.process.kill()
        self.process.wait()


def ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def plain(subscription, operation="write"):
    return {"input": {"user": {"id": subscription}, "operation": operation}}


def rgw(user):
    about = {"user_info": {"user_id": user}, "bucket_info": {"owner": user}}
    return {"input": {"method": "GET", "decoded_uri": "/b/o", "object_name": "o", **about}}


def trino(user, names):
    resources = [{"catalog": {"name": name}} for name in names]
    action = {"operation": "FilterCatalogs", "filterResources": resources}
    return {"input": {"context": {"identity": {"user": user}}, "action": action}}


class Listeners:
    """One for each way to ask; `said` is what it answers."""

    def __init__(self, provider, checks, opa):
        self.checks = checks
        rows = {
            "closed": (PLAIN, "allow", PATIENT, "closed"),
            "open": (PLAIN, "allow", PATIENT, "open"),
            "detail": (PLAIN, "detail", PATIENT, "closed"),
            "partial": (PLAIN, "known", PATIENT, "closed"),
            "undefined": (PLAIN, "nothing/here", PATIENT, "open"),
            "conflict": (PLAIN, "conflict", PATIENT, "closed"),
            "conflict open": (PLAIN, "conflict", PATIENT, "open"),
            "slow": (PLAIN, "waits", IMPATIENT, "closed"),
            "slow open": (PLAIN, "waits", IMPATIENT, "open"),
            "patient": (PLAIN, "waits", PATIENT, "closed"),
            "impatient": (PLAIN, "allow", IMPATIENT, "closed"),
            "rgw": (ADAPTED, "allow", PATIENT, "closed"),
            "rgw object": (ADAPTED, "detail", PATIENT, "open"),
            "trino": (ADAPTED, "batch", PATIENT, "closed"),
        }
        text = "listeners:\n" + "".join(
            form.format(
                port=opa.port, rule=rule, limit=limit, trouble=trouble, adapter=name.split()[0]
            )
            for name, (form, rule, limit, trouble) in rows.items()
        )
        said = provider.serve(provider.write("upstream.yaml", text))
        self.ports = dict(zip(rows, said["ports"]))

    def expect(self, name, question, result, code, headers=None, what=""):
        body = question if isinstance(question, bytes) else json.dumps(question).encode()
        status, said, answer = ask(self.ports[name], "POST", PATH, body, headers)
        found = (status, json.loads(answer), said["X-Proviso-Code"])
        self.checks.check(found == (200, result, code), f"{name} {what}: {found}")


def check_verdicts(at, opa, restricted):
    at.expect("closed", plain("sub-free"), TRUE, None, what="both allow")
    at.expect("closed", plain("sub-they-deny"), FALSE, "upstream-denied", what="theirs denies")
    before = opa.asked()
    at.expect("closed", plain(restricted), FALSE, "restricted", what="ours denies")
    at.expect("open", plain(restricted), FALSE, "restricted", what="ours denies")
    at.checks.check(opa.asked() == before, "what ours denies, theirs is not asked about")
    at.expect("closed", plain(restricted, "read"), TRUE, None, what="ours allows to read")
    at.checks.check(opa.asked() == before + 1, "what ours allows, theirs is asked about")
    detail = {"allow": True, "rules": ["own", 1.5]}
    at.expect("detail", plain("sub-free"), {"result": detail}, None, what="an object")
    detail = dict(detail, allow=False)
    at.expect("detail", plain("sub-they-deny"), {"result": detail}, "upstream-denied")
    at.expect("partial", plain("sub-known"), TRUE, None, what="defined")
    at.expect("partial", plain("sub-free"), {}, "upstream-denied", what="undefined for this one")
    at.expect("undefined", plain("sub-free"), {}, "upstream-denied", what="undefined")
    at.expect("trino", trino("sub-free", ["a", "hidden", "c"]), {"result": [0, 2]}, None)
    at.expect("rgw", rgw("sub-free"), FALSE, "upstream-denied", what="no user/id in its input")
    at.expect("rgw object", rgw("sub-free"), TRUE, "upstream-trouble", what="no boolean")


def refused(opa, body, packed):
    """True for OPA's 400, and where it hangs up: given a body without a gzip header, OPA 1.22.2
    closes a reader that was never opened, unless an earlier question left it one that was, and
    its handler panics."""
    try:
        return ask(opa.port, "POST", "/v1/data/own/allow", body, packed)[0] == 400
    except http.client.RemoteDisconnected:
        return not body.startswith(b"\x1f\x8b")


def check_packed(at, opa):
    """A packed question, beside what the real OPA says to the same bytes."""
    packed = {"Content-Encoding": "gzip"}
    for subscription, result, code in (
        ("sub-free", TRUE, None),
        ("sub-they-deny", FALSE, "upstream-denied"),
    ):
        body = gzip.compress(json.dumps(plain(subscription)).encode())
        at.expect("closed", body, result, code, packed, "packed")
        status, _, answer = ask(opa.port, "POST", "/v1/data/own/allow", body, packed)
        at.checks.check((status, json.loads(answer)) == (200, result), f"theirs, packed: {answer}")
    for body in (b"", b"{}", gzip.compress(b"{}")[:-1], gzip.compress(b"{")):
        ours = ask(at.ports["closed"], "POST", PATH, body, packed)[0]
        theirs = refused(opa, body, packed)
        at.checks.check((ours, theirs) == (400, True), f"{body}: {ours}, theirs {theirs}")


def check_trouble(at, opa):
    at.expect("conflict", plain("sub-free"), FALSE, "upstream-trouble", what="a rule that fails")
    at.expect("conflict open", plain("sub-free"), TRUE, "upstream-trouble")
    at.expect("slow", plain("sub-free"), FALSE, "upstream-trouble", what="too late")
    at.expect("slow open", plain("sub-free"), TRUE, "upstream-trouble", what="too late")
    at.expect("patient", plain("sub-free"), TRUE, None, what="late, and in time")
    opa.signal(signal.SIGSTOP)
    begun = time.monotonic()
    at.expect("impatient", plain("sub-free"), FALSE, "upstream-trouble", what="hung")
    took = time.monotonic() - begun
    at.checks.check(IMPATIENT / 1000 <= took < PATIENT / 1000, f"it was waited for {took} s")
    opa.signal(signal.SIGCONT)
    at.expect("closed", plain("sub-free"), TRUE, None, what="no longer hung")
    opa.stop()
    at.expect("closed", plain("sub-free"), FALSE, "upstream-trouble", what="down")
    at.expect("open", plain("sub-free"), TRUE, "upstream-trouble", what="down")
    opa.start()
    at.expect("closed", plain("sub-free"), TRUE, None, what="there again")


def check_upstream(provider, checks, program, restricted):
    """`restricted` may only read in blob-store, nl-1."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        opa = Opa(program, provider.work, silent.getsockname()[1])
        opa.start()
        try:
            at = Listeners(provider, checks, opa)
            check_verdicts(at, opa, restricted)
            check_packed(at, opa)
            check_trouble(at, opa)
        finally:
            opa.stop()
            provider.stop()
