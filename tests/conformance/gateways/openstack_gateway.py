"""Keystone and oslopolicy-checker as docs/guides/openstack.md sets them up."""

import json
import subprocess
import threading
import time

import setting
from guide import Guide
from keystone import Keystone
from load import Load
from matrix import judge_verdicts
from point import Point
from provider import Checks, arguments
from world import KEPT, REGION, RESTRICTED, SPEECH, STORE, World

SWAPS = 3
LOAD_THREADS = 3
ANSWERS_MIN = 20  # under load; Keystone takes its time
# Rules of other services, as they stand in their policy files, and what Proviso takes them for. The
# checker leaves out what has no colon, so each gets the name of the service as well.
RULES = {
    "os_compute_api:servers:create": "create",
    "os_compute_api:servers:start": "invoke",
    "os_compute_api:servers:index": "read",
    "os_compute_api:servers:delete": "delete",
    "volume:extend": "create",
    "volume:update": "write",
    "volume:get_all": "read",
    "add_image": "create",
    "modify_image": "write",
    "delete_image": "delete",
    "create_network": "create",
    "update_port": "write",
    "get_network": "read",
    "delete_port": "delete",
}


class OpenStack:
    def __init__(self, provider, checks, guide):
        self.checks = checks
        self.guide = guide
        self.work = provider.work
        self.keystone = Keystone(provider.work / "keystone")
        self.keystone.start()
        self.admin, _ = self.keystone.token("admin", "admin")
        self.projects, self.users, self.tokens, self.bodies = {}, {}, {}, {}
        for name in ("archive", "website"):
            project, user = self.keystone.make_project(name, self.admin)
            self.projects[name], self.users[name] = project, user
            self.tokens[name], self.bodies[name] = self.keystone.token(name, name)
        self.world = World(provider, self.customers(provider), subscriptions=self.restricted())
        self.point = Point(provider, setting.listeners_of(guide))
        self.point.start()
        here = {setting.POINT: f"127.0.0.1:{self.point.port}"}
        self.keystone.policy(setting.put(guide.blocks("policy")[0], here))

    def restricted(self):
        return [self.projects["archive"]]

    def customers(self, provider):
        """The customers of the examples, one with the project in place of a subscription."""
        text = (provider.source / "examples/customers.yaml").read_text()
        text = setting.put(text, {RESTRICTED[0]: self.projects["archive"]})
        return provider.write("customers.yaml", text)

    def expect(self, row, seen, what):
        differs = self.guide.cell(row).differs(seen)
        self.checks.check(not differs, f"{what}: {row}: {differs}: {seen}")

    def denies(self, name, service, operation, number=None):
        number = number or self.world.tables[-1].number
        return self.world.denies((self.projects[name], service, REGION, operation), number)

    def row(self, name, service, operation):
        if self.denies(name, service, operation):
            return "restricted"
        if service == KEPT and name == "archive":
            return "a kept service of who is restricted"
        return "allowed"

    def listed(self, name, seconds=30):
        place = f"/users/{self.users[name]}/application_credentials"
        return self.keystone.call("GET", place, token=self.tokens[name], seconds=seconds)[0]

    def right(self, what):
        for name in self.projects:
            token, place = self.tokens[name], f"/users/{self.users[name]}/application_credentials"
            self.expect(self.row(name, STORE, "read"), self.listed(name), f"{what}: {name}: list")
            seen, _ = self.keystone.call("GET", "/regions", token=token)
            self.expect(self.row(name, KEPT, "read"), seen, f"{what}: {name}: regions")
            credential = {"application_credential": {"name": f"c-{time.monotonic_ns()}"}}
            seen, body = self.keystone.call("POST", place, credential, token)
            self.expect(self.row(name, STORE, "create"), seen, f"{what}: {name}: create")
            made = body["application_credential"]["id"] if seen.by_service else "none"
            if seen.by_service:
                seen, _ = self.keystone.call("DELETE", f"{place}/{made}", token=token)
                self.expect(self.row(name, STORE, "delete"), seen, f"{what}: {name}: delete")
        seen, _ = self.keystone.call("GET", "/regions", token=self.admin)
        self.expect("the operator's own people", seen, what)

    def checked(self, what):
        """What oslopolicy-checker says of rules of other services, project by project."""
        policy = self.work / "checker.yaml"
        services = (STORE, SPEECH, KEPT)
        rules = {
            f"{rule}:{service}": (service, operation)
            for service in services
            for rule, operation in RULES.items()
        }
        address = f"http://127.0.0.1:{self.point.port}/oslo"
        lines = [f'"{rule}": "{address}/{of[0]}/{REGION}"' for rule, of in rules.items()]
        policy.write_text("\n".join(lines) + "\n")
        config = self.work / "checker.conf"
        config.write_text("[oslo_policy]\nremote_content_type = application/json\n")
        for name, body in self.bodies.items():
            access = self.work / f"{name}.json"
            access.write_text(json.dumps({"token": body}))
            command = ["oslopolicy-checker", "--policy", policy, "--access", access]
            command += ["--enforcer_config", config]
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
            passed = {
                line.split(": ", 1)[1]: line.startswith("passed")
                for line in done.stdout.splitlines()
                if line.startswith(("passed: ", "failed: "))
            }
            self.checks.check(
                set(passed) == set(rules),
                f"the checker said: {done.stdout[-300:]}{done.stderr[-800:]}",
            )
            wrong = [
                (rule, verdict)
                for rule, verdict in passed.items()
                if verdict == self.denies(name, *rules[rule])
            ]
            self.checks.check(not wrong, f"{what}: {name}: the checker differs: {wrong}")

    def trouble(self):
        with self.point.killed():
            for name in self.projects:
                self.expect("the decision point is down", self.listed(name), name)
        self.right("after a restart")
        with self.point.without_table():
            self.expect("the decision point has no table yet", self.listed("website"), "no table")
        waiting = []
        with self.point.hung():
            thread = threading.Thread(target=lambda: waiting.append(self.listed("website")))
            thread.start()
            time.sleep(1)
            self.checks.check(thread.is_alive(), "a call waits for the point that hangs")
            self.guide.cell("the decision point hangs")
        thread.join()
        self.checks.check(waiting[0].by_service, f"and then goes on: {waiting[0]}")
        with self.point.slow(0.5):
            self.expect("the decision point takes 500 ms", self.listed("website"), "slow")
        self.right("after it was slow")

    def under_load(self):
        def ask_on(order, stopped, answers):
            while not stopped.is_set():
                name = order.choice(list(self.projects))
                sent = time.monotonic()
                answers.append((name, self.listed(name).status, sent, time.monotonic()))

        def expected(name, table):
            return 403 if self.denies(name, STORE, "read", table) else 200

        def swaps():
            for _ in range(SWAPS):
                self.world.swap()

        load = Load(self.checks, self.world, ask_on, expected, LOAD_THREADS)
        print(f"{load.run(swaps, least=ANSWERS_MIN)} answers over {SWAPS} tables", flush=True)


provider, checks = arguments(), Checks()
guide = Guide(provider.source / "docs/guides/openstack.md")
openstack = OpenStack(provider, checks, guide)
openstack.right("without restrictions")
openstack.checked("without restrictions")
for number in range(SWAPS):
    openstack.world.swap()
    openstack.right(f"table {number + 1}")
    if number == 1:
        openstack.checked(f"table {number + 1}")
openstack.trouble()
openstack.under_load()
openstack.right("after the load")
judge_verdicts(checks, openstack.world, openstack.point)
checks.check(not guide.unasked(), f"rows unchecked: {guide.unasked()}")
checks.end()
