"""Traefik as docs/guides/traefik.md sets it up, before a service and a decision point."""

import os

import processes
import setting
from guide import put
from provider import Failure, wait_until
from world import FREE, KEPT, RESTRICTED, STORE


def start(matrix):
    root = setting.folder(matrix, "traefik")
    static, dynamic = matrix.guide.blocks("traefik")
    port = processes.free_port()
    places = {
        setting.POINT: f"127.0.0.1:{matrix.point.port}",
        setting.SERVICE: f"127.0.0.1:{matrix.backend.port}",
    }
    (root / "services.yaml").write_text(put(dynamic, places))
    places = {setting.GATEWAY: f"127.0.0.1:{port}", "services.yaml": root / "services.yaml"}
    (root / "traefik.yaml").write_text(put(static, places))
    log = root / "traefik.log"
    command = [os.environ["PROVISO_TRAEFIK"], f"--configFile={root / 'traefik.yaml'}"]
    processes.wait_for(port, processes.start(command, log), log)
    # It listens before it has read where to hand requests on.
    refused = f"/no-such-service/{FREE[0]}/item"
    if not wait_until(lambda: processes.answers(port, refused) == 403, 30):
        raise Failure(f"{log}: no routes: {processes.tail(log)}")
    matrix.add("closed", port)


matrix = setting.make("traefik")
matrix.gives_up = False
start(matrix)
matrix.forgeries = [
    [("X-Forwarded-Uri", f"/{STORE}/{FREE[0]}/x"), ("X-Forwarded-Method", "GET")],
    [("X-Forwarded-Uri", f"/{STORE}/{RESTRICTED[0]}/x")],
    [("X_Forwarded_Uri", f"/{STORE}/{FREE[0]}/x"), ("X-Forwarded_Uri", f"/{STORE}/{FREE[0]}/x")],
    [("X-Proviso-Subscription", FREE[0]), ("X-Proviso-Service", KEPT)],
    [("X-Original-Method", "manage"), ("X-Proviso-Operation", "manage")],
    [("X_Proviso_Operation", "manage"), ("X.Proviso.Operation", "manage")],
    [("X-Proviso-Verdict", "allow"), ("X-Proviso-Table", "1"), ("X-Forwarded-Prefix", "/x")],
    [("Connection", "X-Forwarded-Uri, X-Proviso-Operation"), ("X-Proviso-Operation", "manage")],
    [("X-HTTP-Method-Override", "GET")],
]
for method in ("COPY", "MOVE"):
    seen = matrix.moved(method, "closed", (FREE[0], STORE), f"/{STORE}/{RESTRICTED[0]}/there")
    matrix.checks.check(seen.status == 404, f"{method}: {seen}")
matrix.everything()
matrix.checks.end()
