"""A MinIO of one node and one disk, and an Open Policy Agent of the operator's own."""

import json
import os
import pathlib
import re
import signal
import subprocess

import boto3
import processes
from botocore import UNSIGNED
from botocore.client import Config
from botocore.credentials import Credentials
from provider import Failure
from s3 import Caller

ROOT = "operator"
PROGRAM, CLIENT, OPA = (
    pathlib.Path(os.environ[name]) for name in ("PROVISO_MINIO", "PROVISO_MC", "PROVISO_OPA")
)


class Minio:
    """`settings` are lines NAME=VALUE, as an operator puts them into its environment."""

    def __init__(self, work, name, settings):
        self.work = work / name
        self.work.mkdir()
        self.settings = {}
        self.add(settings)
        self.port = processes.free_port()
        self.log = self.work / "log"
        self.process = None
        self.root = Caller(self.port, ROOT, keys(ROOT))

    def add(self, settings):
        self.settings.update(line.split("=", 1) for line in settings.splitlines() if line)

    def start(self):
        """Waits until it answers, not until it serves: it may want for the decision point."""
        root = {"MINIO_ROOT_USER": ROOT, "MINIO_ROOT_PASSWORD": secret_of(ROOT)}
        quiet = {"MINIO_BROWSER": "off", "HOME": str(self.work)}
        command = [PROGRAM, "server", "--address", f"127.0.0.1:{self.port}", self.work / "data"]
        environment = {**os.environ, **root, **quiet, **self.settings}
        self.process = processes.start(command, self.log, env=environment)
        processes.wait_for(self.port, self.process, self.log, "/minio/health/live")

    def stop(self):
        processes.end(self.process)

    def admin(self, *words):
        """What `mc admin` says; only root may."""
        host = f"http://{ROOT}:{secret_of(ROOT)}@127.0.0.1:{self.port}"
        command = [CLIENT, "--config-dir", self.work / "mc", "--json", "admin", *words]
        done = subprocess.run(
            list(map(str, command)),
            env=dict(os.environ, MC_HOST_here=host),
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode != 0:
            raise Failure(f"mc admin {' '.join(words)}: {done.stdout[-800:]}{done.stderr[-800:]}")
        return json.loads(done.stdout)

    def make_user(self, name):
        self.admin("user", "add", "here", name, secret_of(name))
        return Caller(self.port, name, keys(name))

    def made_key(self, name, own=None, *more):
        """A key that acts for the user (MinIO calls it a service account)."""
        own = own or f"key-of-{name}"[:20]
        secrets = ("--access-key", own, "--secret-key", secret_of(own))
        self.admin("user", "svcacct", "add", "here", name, *secrets, *more)
        return Caller(self.port, own, keys(own))

    def lent_key(self, name):
        """One that MinIO lends the user for an hour."""
        access, secret, _ = keys(name)
        sts = self.sts(aws_access_key_id=access, aws_secret_access_key=secret)
        lent = sts.assume_role(RoleArn="arn:minio:iam:::role/none", RoleSessionName="tests")
        return self.caller_of(f"lent-{name}", lent)

    def signed_in(self, name, token):
        """Who comes with a token of a service that MinIO was set to believe."""
        role = re.search(r"arn:minio:iam:::role/\S+", self.log.read_text()).group()
        sts = self.sts(config=Config(signature_version=UNSIGNED))
        lent = sts.assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="tests", WebIdentityToken=token
        )
        return self.caller_of(f"signed-in-{name}", lent)

    def sts(self, **how):
        address = f"http://127.0.0.1:{self.port}"
        return boto3.client("sts", endpoint_url=address, region_name="default", **how)

    def caller_of(self, name, lent):
        words = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        return Caller(self.port, name, tuple(lent["Credentials"][word] for word in words))


def secret_of(name):
    return f"secret-of-{name}"


def keys(name):
    return name, secret_of(name), None


def credentials(name):
    return Credentials(name, secret_of(name))


class OwnOpa:
    """The operator's, with the rules of the guide."""

    def __init__(self, work, rules):
        self.port = processes.free_port()
        self.rules = work / "authz.rego"
        self.rules.write_text(rules)
        self.log = work / "opa.log"
        self.process = None

    def start(self):
        command = [OPA, "run", "--server", "--log-level=error", "--skip-version-check"]
        command += [f"--addr=127.0.0.1:{self.port}", self.rules]
        self.process = processes.start(command, self.log)
        processes.wait_for(self.port, self.process, self.log, "/health")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)
        if not processes.wait_until(lambda: processes.is_stopped(self.process.pid)):
            raise Failure("the operator's OPA does not stand still")

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)
