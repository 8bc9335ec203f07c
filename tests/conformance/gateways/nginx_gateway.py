"""nginx as docs/guides/nginx.md sets it up, before a service and a decision point."""

import processes
import setting
from guide import put
from world import FREE, KEPT, RESTRICTED, SPEECH, STORE

FRAME = """\
daemon off; master_process off;
pid {root}/nginx.pid; error_log {root}/error.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off; keepalive_requests 100000;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
{server}
}}
"""


def start(matrix, column):
    root = setting.folder(matrix, column)
    server, inside, beside = matrix.guide.blocks("nginx")
    if column == "open":
        server = put(server, {"        internal;\n": "        internal;\n" + inside})
        server = server.rstrip()[:-1] + beside + "}\n"
    port = processes.free_port()
    server = setting.placed(matrix, server, port)
    (root / "nginx.conf").write_text(FRAME.format(root=root, server=server))
    log = root / "nginx.log"
    command = [processes.program("nginx"), "-p", root, "-c", root / "nginx.conf"]
    processes.wait_for(port, processes.start(command, log), log)
    matrix.add(column, port)


def moves(matrix):
    """COPY and MOVE stay within the subscription and the service."""
    free = FREE[0]
    for target, allowed in {
        f"/{STORE}/{free}/there": True,
        f"http://127.0.0.1/{STORE}/{free}/there": True,
        f"/{STORE}/{RESTRICTED[0]}/there": False,
        f"/{STORE}/{free}/../{RESTRICTED[0]}/there": False,
        f"/{STORE}/{free}/%2e%2e/{RESTRICTED[0]}/there": False,
        f"/{SPEECH}/{free}/there": False,
        f"/{KEPT}/../{STORE}/{free}/there": False,
    }.items():
        for method in ("COPY", "MOVE"):
            for column in matrix.gateways:
                seen = matrix.moved(method, column, (free, STORE), target)
                matrix.checks.check(
                    seen.by_service if allowed else seen.status == 403,
                    f"{column}: {method} to {target}: {seen}",
                )


matrix = setting.make("nginx")
for column in ("closed", "open"):
    start(matrix, column)
matrix.forgeries = [
    [("X-Proviso-Subscription", FREE[0])],
    [("X-Proviso-Subscription", RESTRICTED[0])],
    [("X-Proviso-Subscription", FREE[0]), ("X-Proviso-Subscription", FREE[0])],
    [("x_proviso_subscription", FREE[0]), ("X-Proviso_Subscription", FREE[0])],
    [("X-Proviso-Service", KEPT), ("X-Proviso-Region", "de-1")],
    [("X-Original-Method", "manage"), ("X-Proviso-Operation", "manage")],
    [("X-Proviso-Verdict", "allow"), ("X-Proviso-Table", "1"), ("X-Original-URI", "/x")],
    [("Connection", "X-Proviso-Subscription, keep-alive"), ("X-Proviso-Subscription", FREE[0])],
]
moves(matrix)
matrix.everything()
matrix.checks.end()
