"""Ceph's object gateway as docs/guides/ceph-rgw.md sets it up, before a decision point."""

import time

import processes
import setting
from ceph import Ceph
from load import Load
from matrix import judge_verdicts
from s3 import (
    OPEN_POLICY,
    PART,
    Caller,
    Deeds,
    admin_api,
    anonymous,
    asker,
    bucket_of,
    plain,
    secret_of,
)
from world import FREE, KEPT, REGION, RESTRICTED, STORE

OPERATOR, ADMIN = "operator", "ops-admin"
SUSPENDED, STRANGER = RESTRICTED[0], FREE[1]
KEPT_POINT = "127.0.0.1:8182"  # where the guide's second gateway asks
SWAPS = 3


class Rgw:
    def __init__(self, provider, checks, guide, world, point):
        self.checks = checks
        self.guide = guide
        self.world = world
        self.point = point
        self.ceph = Ceph(provider.work / "ceph")
        self.ceph.start()
        addresses = [(setting.POINT, "rgw"), (KEPT_POINT, "rgw-kept")]
        self.port, self.kept_port = (
            self.ceph.gateway(name, setting.put(block, {address: f"127.0.0.1:{port}"}))
            for (address, name), block, port in zip(
                addresses, guide.blocks("ceph"), point.ports, strict=True
            )
        )
        for name in (SUSPENDED, FREE[0], STRANGER, OPERATOR):
            self.ceph.make_user(name)
        self.ceph.make_user(ADMIN, caps="users=*")
        self.callers = {
            name: Caller(self.port, name) for name in (SUSPENDED, FREE[0], STRANGER, OPERATOR)
        }
        self.keeper = self.callers[OPERATOR]
        # The service that is kept on speaks for whom it serves, at a gateway of its own.
        self.kept = {name: Caller(self.kept_port, name) for name in (SUSPENDED, FREE[0])}

    def open_buckets(self):
        """A bucket of each, in which RGW itself lets everybody do everything."""
        for owner in (SUSPENDED, FREE[0]):
            s3, bucket = self.callers[owner].s3, bucket_of(owner)
            s3.create_bucket(Bucket=bucket)
            s3.put_bucket_policy(Bucket=bucket, Policy=OPEN_POLICY % (bucket, bucket))
        s3 = self.callers[FREE[0]].s3
        s3.create_bucket(Bucket="private")
        s3.put_object(Bucket="private", Key="one", Body=PART)

    def expect(self, row, seen, what):
        differs = self.guide.cell(row).differs(seen)
        self.checks.check(not differs, f"{what}: {row}: {differs}: {seen}")

    def denies(self, names, operation, number=None, service=STORE):
        number = number or self.world.tables[-1].number
        cells = [(name, service, REGION, operation) for name in names if name]
        return any(self.world.denies(cell, number) for cell in cells)

    def row(self, caller, owner, operation):
        """The row of the guide for what `caller` does with what `owner` has."""
        if caller == OPERATOR:
            return "the operator's own users"
        if self.denies([caller], operation):
            return "restricted"
        if owner and self.denies([owner], operation):
            return "the bucket of who is restricted, for everybody else"
        return "allowed"

    def right(self, what):
        """Everybody does everything, as the newest table lets them."""
        for name, caller in self.callers.items():
            if name == STRANGER:
                continue
            for owner in (SUSPENDED, FREE[0]):
                for deed, operation, seen in Deeds(caller, bucket_of(owner), self.keeper).all():
                    row = self.row(name, owner, operation)
                    self.expect(row, seen, f"{what}: {name}: {deed} in {bucket_of(owner)}")
            seen, _ = caller.tried(caller.s3.list_buckets)
            self.expect(self.row(name, None, "read"), seen, f"{what}: {name}: list buckets")
            bucket = f"new-{name}-{time.monotonic_ns()}"[:60]
            seen, _ = caller.tried(caller.s3.create_bucket, Bucket=bucket)
            self.expect(self.row(name, None, "create"), seen, f"{what}: {name}: make a bucket")
        for owner in (SUSPENDED, FREE[0]):
            for deed, operation, seen in anonymous(self.port, bucket_of(owner), self.keeper):
                row = self.row(None, owner, operation)
                self.expect(row, seen, f"{what}: {deed} in {bucket_of(owner)}")
        seen = admin_api(self.port, ADMIN, {"format": "json", "uid": SUSPENDED})
        self.expect("the admin API", seen, what)
        self.right_at_kept(what)

    def right_at_kept(self, what):
        """The same buckets by the kept service: nothing is denied, whatever the table says."""
        for name, caller in self.kept.items():
            for owner in (SUSPENDED, FREE[0]):
                restricted = SUSPENDED in (name, owner)
                row = "a kept service of who is restricted" if restricted else "allowed"
                for deed, operation, seen in Deeds(caller, bucket_of(owner), self.keeper).all():
                    self.expect(row, seen, f"{what}: kept: {name}: {deed} in {bucket_of(owner)}")
                    denied = self.denies([name, owner], operation, service=KEPT)
                    self.checks.check(not denied, f"{what}: {operation} of {KEPT} is denied")

    def transparent(self):
        """What Proviso allows is not more than what RGW allows."""
        seen, _ = self.callers[STRANGER].tried(
            self.callers[STRANGER].s3.get_object, Bucket="private", Key="one"
        )
        self.checks.check(seen.status == 403, f"a private bucket is open to a stranger: {seen}")
        seen = plain(self.port, "GET", "/private/one")
        self.checks.check(seen.status == 403, f"a private bucket is open to anybody: {seen}")
        seen = admin_api(self.port, FREE[0], {"format": "json", "uid": SUSPENDED})
        self.checks.check(seen.status == 403, f"the admin API is open to a customer: {seen}")

    def reads(self, row, name=FREE[0], callers=None):
        caller, bucket = (callers or self.callers)[name], bucket_of(FREE[0])
        seen, _ = caller.tried(caller.s3.list_objects_v2, Bucket=bucket, MaxKeys=1)
        self.expect(row, seen, name)

    def trouble(self):
        with self.point.killed():
            for name in (SUSPENDED, FREE[0], OPERATOR):
                self.reads("the decision point is down", name)
            self.reads("the decision point is down", SUSPENDED, self.kept)
            seen = admin_api(self.port, ADMIN, {"format": "json", "uid": SUSPENDED})
            self.expect("the admin API while the decision point is down", seen, "down")
            shown = self.ceph.admin("user", "info", "--uid", SUSPENDED)
            self.checks.check(shown["user_id"] == SUSPENDED, "radosgw-admin works all the same")
        self.reads("allowed")
        with self.point.without_table():
            self.reads("the decision point has no table yet")
        with self.point.hung():
            for name in (SUSPENDED, FREE[0]):
                self.reads("the decision point hangs", name)
        self.reads("allowed")
        with self.point.slow(0.5):
            self.reads("the decision point takes 500 ms")
        self.reads("allowed")

    def addresses(self):
        """Presigned ones, by (service, (caller, owner), operation): a client needs no more than
        that."""
        found = []
        for service, callers in ((STORE, self.callers), (KEPT, self.kept)):
            for name in callers.keys() - {OPERATOR}:
                for owner in (SUSPENDED, FREE[0]):
                    bucket = bucket_of(owner)
                    key = Deeds(callers[name], bucket, self.keeper).lay("load")
                    for method, operation in (("GET", "read"), ("PUT", "write")):
                        target = callers[name].presigned(method, bucket, key)
                        found.append(((service, (name, owner), operation), method, target))
        return sorted(found)

    def under_load(self):
        ask_on = asker(self.addresses(), {STORE: self.port, KEPT: self.kept_port})

        def expected(what, table):
            service, names, operation = what
            return 403 if self.denies(names, operation, table, service) else 200

        def swaps():
            for _ in range(SWAPS):
                self.world.swap()

        count = Load(self.checks, self.world, ask_on, expected).run(swaps)
        print(f"{count} answers over {SWAPS} tables", flush=True)

    def copied(self):
        """A copy is asked about at its destination only, as the guide says."""
        here, there = bucket_of(SUSPENDED), bucket_of(FREE[0])
        source = {"Bucket": here, "Key": Deeds(self.keeper, here, self.keeper).lay("source")}
        s3 = self.callers[FREE[0]].s3
        seen, _ = self.callers[FREE[0]].tried(
            s3.copy_object, Bucket=there, Key="copy", CopySource=source
        )
        self.checks.check(
            self.denies([SUSPENDED], "read") and seen.by_service, f"a copy out of there: {seen}"
        )

    def secrets(self):
        """Keys that the gateway sends are in no file of the point, and in its memory no more."""
        keys = [secret_of(name).encode() for name in self.callers]
        asked = self.callers[FREE[0]]
        for path in sorted(self.world.provider.work.rglob("*")):
            if path.is_file() and "ceph" not in path.parts[-2:] and "ceph" not in str(path):
                text = path.read_bytes()
                self.checks.check(not any(key in text for key in keys), f"{path} has a secret key")
        asked.tried(asked.s3.list_buckets)
        pid = self.point.process.pid
        self.checks.check(processes.memory_holds(pid, [STORE.encode()]), "memory can be searched")
        found = processes.memory_holds(pid, keys)
        self.checks.check(not found, f"the decision point's memory holds {found}")


provider, checks, guide, world, point = setting.without_service("ceph-rgw")
rgw = Rgw(provider, checks, guide, world, point)
rgw.open_buckets()
rgw.right("without restrictions")
for number in range(SWAPS):
    world.swap()
    rgw.right(f"table {number + 1}")
rgw.transparent()
rgw.copied()
rgw.secrets()
rgw.trouble()
rgw.under_load()
rgw.right("after the load")
judge_verdicts(checks, world, point)
checks.check(not guide.unasked(), f"rows unchecked: {guide.unasked()}")
checks.end()
