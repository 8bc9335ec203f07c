"""MinIO as docs/guides/minio.md sets it up, before a decision point and the operator's own OPA."""

import json
import time

import processes
import recording
import setting
from guide import Guide
from load import Load
from matrix import judge_verdicts
from minio import ROOT, Minio, OwnOpa, credentials
from openid import SignIn
from point import Point
from provider import Checks, arguments, wait_until
from s3 import OPEN_POLICY, PART, Deeds, anonymous, asker, plain, signed
from world import FREE, KEPT, REGION, RESTRICTED, STORE, World

SUSPENDED, FREED = RESTRICTED[0], FREE[0]
OWN_OPA, KEPT_POINT = "127.0.0.1:8182", "127.0.0.1:8183"  # as the guide invents them
SWAPS = 3
PATIENCE = 90  # MinIO waits for a minute
RETRY_SECONDS, RESTART_SECONDS = 3, 30
STARTS = 5  # of MinIO, with the decision point there
ONLY_GET = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],'
    '"Resource":["arn:aws:s3:::%s/*"]}]}'
)
ADMIN_INFO = "/minio/admin/v3/info"


def open_of(user):
    return f"{user}.open"


def of_deed(deed, row):
    """The row for what MinIO answers object by object, when it is denied."""
    several = deed == "delete several" and row != "allowed"
    return "several objects deleted at once, and it is denied" if several else row


class Store:
    def __init__(self, provider, checks, guide):
        self.checks = checks
        self.guide = guide
        self.work = provider.work
        self.world = World(provider)
        self.opa = OwnOpa(provider.work, guide.blocks("rego")[0])
        self.opa.start()
        lines = setting.listeners_of(guide)
        lines[0] = setting.put(lines[0], {OWN_OPA: f"127.0.0.1:{self.opa.port}"})
        self.point = Point(provider, lines)
        self.point.start()
        self.minio, self.kept = (
            Minio(provider.work, name, setting.put(block, {address: f"127.0.0.1:{port}"}))
            for (address, name), block, port in zip(
                [(setting.POINT, "minio"), (KEPT_POINT, "kept")],
                guide.blocks("sh"),
                self.point.ports,
                strict=True,
            )
        )
        self.sign_in = SignIn()
        self.minio.add(self.sign_in.settings())
        self.callers, self.made, self.lent, self.at_kept = {}, {}, {}, {}
        self.signed_in = {}
        self.minio.start()
        self.kept.start()
        self.root = self.minio.root

    def make_users(self):
        """Everybody's buckets are there, one of them open to all: without any restriction yet."""
        for name in (SUSPENDED, FREED):
            self.callers[name] = self.minio.make_user(name)
            self.made[name] = self.minio.made_key(name)
            self.lent[name] = self.minio.lent_key(name)
            self.signed_in[name] = self.minio.signed_in(name, self.sign_in.token(name))
            self.at_kept[name] = self.kept.make_user(name)
            self.callers[name].s3.create_bucket(Bucket=name)
            self.at_kept[name].s3.create_bucket(Bucket=name)
            bucket = open_of(name)
            self.root.s3.create_bucket(Bucket=bucket)
            self.root.s3.put_bucket_policy(Bucket=bucket, Policy=OPEN_POLICY % (bucket, bucket))

    def expect(self, row, seen, what):
        differs = self.guide.cell(row).differs(seen)
        self.checks.check(not differs, f"{what}: {row}: {differs}: {seen}")

    def denies(self, name, operation, number=None, service=STORE):
        number = number or self.world.tables[-1].number
        return self.world.denies((name, service, REGION, operation), number)

    def row(self, name, operation, denied="restricted"):
        """The row of the guide for what `name` does with what is its own."""
        return denied if self.denies(name, operation) else "allowed"

    def right(self, what):
        """Everybody does everything, as the newest table lets them."""
        key = "a key of who is restricted, made or lent"
        for callers, denied in (
            (self.callers, "restricted"),
            (self.made, key),
            (self.lent, key),
            (self.signed_in, "who signed in by OpenID, and is restricted"),
        ):
            for name, caller in callers.items():
                for deed, operation, seen in Deeds(caller, name, self.root).all():
                    row = self.row(name, operation, denied)
                    self.expect(of_deed(deed, row), seen, f"{what}: {caller.name}: {deed}")
                self.buckets(caller, name, denied, what)
        for deed, _, seen in Deeds(self.root, SUSPENDED, self.root).all():
            self.expect("root, and the admin API", seen, f"{what}: root: {deed}")
        self.expect("root, and the admin API", self.admin_info(ROOT), what)
        self.forms(what)
        self.right_elsewhere(what)

    def buckets(self, caller, name, denied, what):
        seen, _ = caller.tried(caller.s3.list_buckets)
        self.expect(self.row(name, "read", denied), seen, f"{what}: {caller.name}: list buckets")
        bucket = f"{name}.{time.monotonic_ns()}"
        seen, _ = caller.tried(caller.s3.create_bucket, Bucket=bucket)
        self.expect(self.row(name, "create", denied), seen, f"{what}: {caller.name}: make a bucket")
        if not seen.by_service:
            self.root.s3.create_bucket(Bucket=bucket)
        seen, _ = caller.tried(caller.s3.delete_bucket, Bucket=bucket)
        self.expect(self.row(name, "delete", denied), seen, f"{what}: {caller.name}: and delete it")

    def right_elsewhere(self, what):
        for name in (SUSPENDED, FREED):
            for deed, _, seen in anonymous(self.minio.port, open_of(name), self.root):
                row = "anybody unsigned, in a bucket that is open to all"
                self.expect(row, seen, f"{what}: {deed} in {open_of(name)}")
            for deed, _, seen in anonymous(self.minio.port, name, self.root):
                self.expect("anybody unsigned, elsewhere", seen, f"{what}: {deed} in {name}")
            caller = self.at_kept[name]
            row = "a kept service of who is restricted" if name == SUSPENDED else "allowed"
            for deed, operation, seen in Deeds(caller, name, self.kept.root).all():
                self.expect(row, seen, f"{what}: kept: {name}: {deed}")
                denied = self.denies(name, operation, service=KEPT)
                self.checks.check(not denied, f"{what}: {operation} of {KEPT} is denied")
        caller = self.callers[FREED]
        for deed, _, seen in Deeds(caller, SUSPENDED, self.root).all():
            row = of_deed(deed, "your own OPA denies")
            self.expect(row, seen, f"{what}: {FREED}: {deed} in {SUSPENDED}")
        bucket = {"Bucket": FREED, "Policy": OPEN_POLICY % (FREED, FREED)}
        seen, _ = caller.tried(caller.s3.put_bucket_policy, **bucket)
        self.expect("your own OPA denies", seen, f"{what}: {FREED} opens a bucket")
        self.expect("your own OPA denies", self.admin_info(FREED), f"{what}: {FREED}: admin API")

    def admin_info(self, name):
        return signed(self.minio.port, "GET", ADMIN_INFO, credentials(name))


    def reads(self, row, name=FREED, minio=None):
        """The user looks what is in the bucket: one question, where a get asks several."""
        self.expect(row, self.looks(name, minio), name)

    def forms(self, what):
        """A form in a browser uploads, signed before as an address may be."""
        for name, caller in self.callers.items():
            form = caller.s3.generate_presigned_post(name, caller.fresh("form"))
            fields = {**form["fields"], "file": PART.decode()}
            part = "--b\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n%s\r\n"
            body = "".join(
                part % (field, '; filename="f"' if field == "file" else "", value)
                for field, value in fields.items()
            )
            kind = {"Content-Type": "multipart/form-data; boundary=b"}
            seen = plain(self.minio.port, "POST", f"/{name}", body + "--b--\r\n", kind)
            self.expect(self.row(name, "write"), seen, f"{what}: {name}: a form")

    def narrow(self):
        """What the policy of a key leaves out, the key can do all the same, as the guide warns."""
        policy = self.work / "narrow.json"
        policy.write_text(ONLY_GET % FREED)
        key = self.minio.made_key(FREED, "narrow", "--policy", str(policy))
        seen, _ = key.tried(key.s3.put_object, Bucket=FREED, Key="by-narrow", Body=PART)
        self.expect("allowed", seen, "a key that may only get")

    def looks(self, name, minio=None):
        port = (minio or self.minio).port
        return signed(port, "GET", f"/{name}?list-type=2", credentials(name), timeout=PATIENCE)

    def gets(self, row, caller):
        seen, _ = caller.tried(caller.s3.get_object, Bucket=FREED, Key="kept")
        self.expect(row, seen, caller.name)

    def anybody_reads(self):
        seen = plain(self.minio.port, "GET", f"/{open_of(FREED)}/?list-type=2")
        self.expect("anybody unsigned, in a bucket that is open to all", seen, "in trouble")

    def trouble(self):
        self.root.s3.put_object(Bucket=FREED, Key="kept", Body=PART)
        with self.point.killed():
            for name in (SUSPENDED, FREED):
                self.reads("the decision point is down", name)
                self.reads("the decision point is down", name, self.kept)
            self.expect("root while the decision point is down", self.admin_info(ROOT), "down")
            self.anybody_reads()
        self.reads("allowed")
        with self.point.without_table():
            self.reads("the decision point has no table yet")
            self.expect("root, and the admin API", self.admin_info(ROOT), "no table yet")
        self.reads("allowed")
        with self.point.slow(0.5):
            self.reads("the decision point takes 500 ms")
            self.gets("it takes 500 ms, and an object is got", self.callers[FREED])
        self.reads("allowed")
        self.trouble_behind()
        self.started_in_trouble()
        with self.point.hung():
            self.reads("the decision point hangs")
        self.reads("allowed")

    def trouble_behind(self):
        """The operator's own OPA does not answer."""
        self.opa.kill()
        self.reads("your own OPA is down")
        self.reads("allowed", minio=self.kept)
        self.opa.start()
        self.reads("allowed")
        self.opa.hang()
        self.reads("your own OPA hangs")
        self.opa.go_on()
        self.reads("allowed")

    def started_in_trouble(self):
        self.minio.stop()
        with self.point.killed():
            self.minio.start()
            row = "MinIO is started while the decision point is down"
            for name in (SUSPENDED, FREED):
                self.reads(row, name)
            self.anybody_reads()
            time.sleep(RETRY_SECONDS)  # as long as MinIO may wait before it looks again
            self.reads(row)
        served = wait_until(lambda: self.looks(FREED).by_service, RESTART_SECONDS)
        self.checks.check(served, "MinIO serves once the decision point is there")
        self.minio.stop()
        with self.point.without_table():
            self.minio.start()
            wait_until(lambda: self.looks(FREED).status != 503, RESTART_SECONDS)
            self.reads("the decision point has no table yet")
        self.right("after MinIO was started again")

    def addresses(self):
        """Presigned ones, by (service, user, operation): a client needs no more than that."""
        found = []
        for service, callers, root in (
            (STORE, self.callers, self.root),
            (KEPT, self.at_kept, self.kept.root),
        ):
            for name, caller in callers.items():
                key = Deeds(caller, name, root).lay("load")
                for method, operation in (("GET", "read"), ("PUT", "write")):
                    target = caller.presigned(method, name, key)
                    found.append(((service, name, operation), method, target))
        return sorted(found)

    def under_load(self):
        ask_on = asker(self.addresses(), {STORE: self.minio.port, KEPT: self.kept.port})

        def expected(what, table):
            service, name, operation = what
            return 403 if self.denies(name, operation, table, service) else 200

        def swaps():
            for _ in range(SWAPS):
                self.world.swap()

        def restarts():
            for _ in range(2):
                time.sleep(0.3)
                with self.point.killed():
                    time.sleep(0.1)
            time.sleep(0.3)

        load = Load(self.checks, self.world, ask_on, expected)
        print(f"{load.run(swaps)} answers over {SWAPS} tables", flush=True)
        down = self.guide.cell("the decision point is down").status
        print(f"{load.run(restarts, trouble=[down])} answers over two restarts", flush=True)

    def known(self):
        """MinIO asks for nothing that Proviso does not know; it names nobody only when it looks
        whether anybody is there, as it begins."""
        self.point.stop()
        told = [json.loads(line) for line in self.point.verdicts.read_text().splitlines()]
        codes = {each["code"] for each in told if each["operation"]} | {
            each["code"] for each in told if each["subscription"]
        }
        expected = {None, "restricted", "upstream-denied", "upstream-trouble", "no-table"}
        self.checks.check(codes <= expected, f"MinIO is answered with {codes - expected}")
        nobody = [each for each in told if each["code"] == "no-subscription"]
        self.checks.check(len(nobody) == STARTS, f"{len(nobody)} questions name nobody: {nobody}")


class Wire:
    """What MinIO sends, beside what tests/corpus/wire says that it sends; `behind` is a port where
    all of it is allowed."""

    def __init__(self, provider, checks, guide, behind):
        self.checks = checks
        self.folder = provider.source / "tests/corpus/wire"
        port = processes.free_port()
        self.here = f"127.0.0.1:{port}"
        self.recorder = recording.Recorder(port, behind)
        settings = setting.put(guide.blocks("sh")[0], {setting.POINT: self.here})
        self.minio = Minio(provider.work, "recorded", settings)
        self.sign_in = SignIn()
        self.minio.add(self.sign_in.settings())
        self.minio.start()

    def does(self):
        """Who does what, by the name of the file."""
        restricted, other = (self.minio.make_user(name) for name in ("sub-1", "sub-2"))
        signed_in = self.minio.signed_in("sub-1", self.sign_in.token("sub-1"))
        self.minio.root.s3.create_bucket(Bucket="bk-a")
        return {
            "put-of-a-restricted-user": (restricted, "PUT"),
            "get-of-a-restricted-user": (restricted, "GET"),
            "put-by-a-key-of-a-restricted-user": (self.minio.made_key("sub-1"), "PUT"),
            "put-of-who-signed-in-by-openid": (signed_in, "PUT"),
            "put-of-another": (other, "PUT"),
        }

    def compare(self):
        deeds = self.does()
        for what, (caller, method) in deeds.items():
            body = PART if method == "PUT" else None
            seen = signed(self.minio.port, method, "/bk-a/o1", caller.credentials, body)
            self.checks.check(seen.status == 200, f"{what}: {seen}")
        self.minio.stop()
        self.recorder.stop()
        requests = list(self.recorder.requests())
        # Others, about the same, are about settings.
        asked = {
            what: next(one for one in requests if is_about(one, caller, method))
            for what, (caller, method) in deeds.items()
        }
        asked["start"] = next(one for one in requests if one.endswith(b"\r\n\r\n"))
        for what, request in asked.items():
            path = self.folder / f"minio-{what}.http"
            if recording.WRITES:
                path.write_bytes(recording.invented(request, {self.here: setting.POINT}))
            told, stands = recording.shape(request), recording.shape(path.read_bytes())
            self.checks.check(told == stands, f"MinIO sends {told}, in {path.name} is {stands}")


def is_about(request, caller, method):
    account, action = caller.credentials.access_key, f"s3:{method.title()}Object"
    words = (f'"account":"{account}"', f'"action":"{action}"')
    return all(word.encode() in request for word in words)


provider, checks = arguments(), Checks()
guide = Guide(provider.source / "docs/guides/minio.md")
store = Store(provider, checks, guide)
Wire(provider, checks, guide, behind=store.point.ports[1]).compare()
store.make_users()
store.right("without restrictions")
for number in range(SWAPS):
    store.world.swap()
    store.right(f"table {number + 1}")
store.narrow()
store.trouble()
store.under_load()
store.right("after the load")
store.known()
judge_verdicts(checks, store.world, store.point)
checks.check(not guide.unasked(), f"rows unchecked: {guide.unasked()}")
checks.end()
