"""A Keystone on loopback without any service manager, and calls of it."""

import base64
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import time

import processes
from http_gateway import Seen
from provider import Failure

CONFIG = """\
[DEFAULT]
log_dir = {root}
log_file = keystone.log
[database]
connection = sqlite:///{root}/keystone.db
[token]
provider = fernet
[fernet_tokens]
key_repository = {root}/fernet
[fernet_receipts]
key_repository = {root}/fernet
[credential]
key_repository = {root}/credential
caching = false
[identity]
password_hash_algorithm = bcrypt
password_hash_rounds = 4
[oslo_policy]
policy_file = {root}/policy.yaml
policy_dirs = {root}/policy.d
"""
PASSWORD = "only for tests"


class Keystone:
    def __init__(self, root):
        self.root = root
        for name in ("fernet", "credential"):
            (root / name).mkdir(parents=True, mode=0o700)
            for number in ("0", "1"):
                key = root / name / number
                key.write_bytes(base64.urlsafe_b64encode(os.urandom(32)))
                key.chmod(0o600)
        self.port = processes.free_port()
        self.url = f"http://127.0.0.1:{self.port}/v3"
        self.config = root / "keystone.conf"
        self.config.write_text(CONFIG.format(root=root))
        self.policy("")

    def policy(self, text):
        (self.root / "policy.yaml").write_text(text or "{}\n")

    def _manage(self, *words):
        command = ["keystone-manage", "--config-file", self.config, *words]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"keystone-manage {words[0]}: {done.stdout[-500:]}{done.stderr[-1000:]}")

    def start(self):
        self._manage("db_sync")
        # Otherwise threads find the database locked.
        with sqlite3.connect(self.root / "keystone.db") as database:
            database.execute("PRAGMA journal_mode=WAL")
        words = ["--bootstrap-password", PASSWORD, "--bootstrap-region-id", "nl-1"]
        for kind in ("admin", "public", "internal"):
            words += [f"--bootstrap-{kind}-url", f"{self.url}/"]
        self._manage("bootstrap", *words)
        command = ["uwsgi", "--plugin", "python3", "--http-socket", f"127.0.0.1:{self.port}"]
        command += ["--wsgi-file", "/usr/bin/keystone-wsgi-public", "--processes", "1"]
        command += ["--threads", "8", "--enable-threads", "--lazy-apps", "--need-app"]
        command += ["--die-on-term", "--buffer-size", "65535", "--add-header", "Connection: close"]
        environment = dict(os.environ, OS_KEYSTONE_CONFIG_FILES=str(self.config))
        environment.pop("PYTHONPATH", None)
        log = self.root / "uwsgi.log"
        process = processes.start(command, log, signal.SIGINT, env=environment)
        processes.wait_for(self.port, process, log, path="/v3", seconds=120)

    def call(self, method, path, body=None, token=None, seconds=30):
        """What came of a call, and its answer; a status of 0: no answer."""
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["X-Auth-Token"] = token
        try:
            content = json.dumps(body) if body is not None else None
            connection.request(method, f"/v3{path}", content, headers)
            response = connection.getresponse()
            status, given, text = response.status, response.headers, response.read()
        except TimeoutError:
            raise
        except (OSError, http.client.HTTPException):
            status, given, text = 0, {}, b""
        finally:
            connection.close()
        seen = Seen(status, given, text, time.monotonic() - begun)
        seen.by_service = 200 <= status < 300
        return seen, json.loads(text) if text else None

    def token(self, user, project):
        domain = {"id": "default"}
        who = {"user": {"name": user, "domain": domain, "password": PASSWORD}}
        auth = {
            "identity": {"methods": ["password"], "password": who},
            "scope": {"project": {"name": project, "domain": domain}},
        }
        seen, body = self.call("POST", "/auth/tokens", {"auth": auth})
        if not seen.by_service:
            raise Failure(f"no token for {user}: {seen}")
        return seen.headers["X-Subject-Token"], body["token"]

    def made(self, path, kind, attributes, token):
        seen, body = self.call("POST", path, {kind: attributes}, token)
        if not seen.by_service:
            raise Failure(f"{path}: {seen}")
        return body[kind]["id"]

    def make_project(self, name, token):
        """A project, and a member of it with the same name; answers the ids of both."""
        project = self.made("/projects", "project", {"name": name, "domain_id": "default"}, token)
        user = {"name": name, "password": PASSWORD, "domain_id": "default"}
        user = self.made("/users", "user", user, token)
        roles = self.call("GET", "/roles?name=member", token=token)[1]["roles"]
        place = f"/projects/{project}/users/{user}/roles/{roles[0]['id']}"
        self.call("PUT", place, token=token)
        return project, user
