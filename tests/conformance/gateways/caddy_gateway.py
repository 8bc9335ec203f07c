"""Caddy as docs/guides/caddy.md sets it up, before a service and a decision point."""

import os

import processes
import setting
from world import FREE, KEPT, RESTRICTED, STORE


def start(matrix, column):
    root = setting.folder(matrix, column)
    site, unasked = matrix.guide.blocks("caddyfile")
    if column == "open":
        site = site.rstrip()[:-1] + unasked + "}\n"
    port = processes.free_port()
    site = setting.placed(matrix, site, port, address=":8080")
    (root / "Caddyfile").write_text(site)
    log = root / "caddy.log"
    command = [processes.program("caddy"), "run", "--config", root / "Caddyfile"]
    environment = dict(
        os.environ, HOME=str(root), XDG_DATA_HOME=str(root), XDG_CONFIG_HOME=str(root)
    )
    command += ["--adapter", "caddyfile"]
    processes.wait_for(port, processes.start(command, log, env=environment), log)
    matrix.add(column, port)


matrix = setting.make("caddy")
for column in ("closed", "open"):
    start(matrix, column)
matrix.forgeries = [
    [("X-Proviso-Subscription", FREE[0])],
    [("X-Proviso-Subscription", RESTRICTED[0])],
    [("X-Proviso-Subscription", FREE[0]), ("X-Proviso-Subscription", FREE[0])],
    [("x_proviso_subscription", FREE[0]), ("X-Proviso_Subscription", FREE[0])],
    [("X-Proviso-Service", KEPT), ("X-Proviso-Region", "de-1")],
    [("X-Original-Method", "manage"), ("X-Proviso-Operation", "manage")],
    [("X-Proviso-Verdict", "allow"), ("X-Forwarded-Uri", "/x"), ("X-Original-URI", "/x")],
    [("Connection", "X-Proviso-Subscription, keep-alive"), ("X-Proviso-Subscription", FREE[0])],
    [("X-HTTP-Method-Override", "GET")],
]
for column in matrix.gateways:
    for method in ("COPY", "MOVE"):
        seen = matrix.moved(method, column, (FREE[0], STORE), f"/{STORE}/{RESTRICTED[0]}/there")
        matrix.checks.check(seen.status == 403, f"{column}: {method}: {seen}")
matrix.everything()
matrix.checks.end()
