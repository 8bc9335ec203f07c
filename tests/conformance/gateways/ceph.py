"""A Ceph cluster of one node without any service manager: one monitor, one disk in memory, S3 by
one object gateway or several.

Its options are what makes so small a cluster start at all, and within seconds: no keys between its
parts, one copy of everything, and votes that are not waited for.
"""

import json
import os
import subprocess
import uuid

import processes
from provider import Failure, wait_until
from s3 import key_of, secret_of

CONFIG = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_port},v1:127.0.0.1:{old_mon_port}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
ms bind ipv6 = false
log file = {root}/$name.log
pid file = {root}/run/$name.pid
admin socket = {root}/run/$name.asok
run dir = {root}/run
crash dir = {root}/run
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 2
paxos propose interval = 0.02
paxos min wait = 0.01
setuser match path =
[mon]
mon data = {root}/mon
[osd]
osd data = {root}/osd
osd objectstore = memstore
osd class load list = *
osd class default list = *
memstore device bytes = 1073741824
"""
GATEWAY = """\
[client.{name}]
rgw data = {root}/{name}
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
rgw thread pool size = 32
rgw dns name = localhost
{options}"""


class Ceph:
    def __init__(self, root):
        self.root = root
        for name in ("mon", "osd", "run"):
            (root / name).mkdir(parents=True)
        self.config = root / "ceph.conf"
        self.fsid = str(uuid.uuid4())
        self.mon_port, self.old_mon_port = processes.free_port(), processes.free_port()
        self.config.write_text(
            CONFIG.format(
                fsid=self.fsid,
                root=root,
                mon_port=self.mon_port,
                old_mon_port=self.old_mon_port,
            )
        )

    def _run(self, *command, seconds=60):
        done = subprocess.run(
            list(map(str, command)),
            env=dict(os.environ, CEPH_CONF=str(self.config)),
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        if done.returncode != 0:
            raise Failure(
                f"{' '.join(map(str, command))}: {done.stdout[-500:]}{done.stderr[-1000:]}"
            )
        return done.stdout

    def start(self):
        """The cluster, without a gateway."""
        with_config = ("-c", self.config)
        where = f"[v2:127.0.0.1:{self.mon_port},v1:127.0.0.1:{self.old_mon_port}]"
        monmap = self.root / "monmap"
        self._run("monmaptool", "--create", "--fsid", self.fsid, "--addv", "a", where, monmap)
        self._run("ceph-mon", *with_config, "--mkfs", "-i", "a", "--monmap", monmap)
        mon = ["ceph-mon", *with_config, "-i", "a", "-f"]
        processes.start(mon, self.root / "mon.out")
        disk = str(uuid.uuid4())
        self._run("ceph", *with_config, "--connect-timeout", "30", "osd", "new", disk)
        self._run("ceph-osd", *with_config, "-i", "0", "--mkfs", "--osd-uuid", disk)
        processes.start(["ceph-osd", *with_config, "-i", "0", "-f"], self.root / "osd.out")

        def is_up():
            return json.loads(self._run("ceph", "osd", "stat", "-f", "json"))["num_up_osds"] == 1

        if not wait_until(is_up, 40):
            raise Failure(f"the disk does not come up: {processes.tail(self.root / 'osd.out')}")

    def gateway(self, name, options):
        """Starts an object gateway; `options` are lines of its section. Answers its port."""
        (self.root / name).mkdir()
        port = processes.free_port()
        with self.config.open("a") as file:
            file.write(GATEWAY.format(name=name, root=self.root, port=port, options=options))
        command = ["radosgw", "-c", self.config, "-n", f"client.{name}", "-f"]
        log = self.root / f"{name}.out"
        processes.wait_for(port, processes.start(command, log), log, seconds=60)
        return port

    def admin(self, *words):
        return json.loads(self._run("radosgw-admin", *words))

    def make_user(self, name, caps=""):
        words = ["user", "create", "--uid", name, "--display-name", name]
        words += ["--access-key", key_of(name), "--secret-key", secret_of(name)]
        return self.admin(*words, *(["--caps", caps] if caps else []))
