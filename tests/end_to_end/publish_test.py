"""The log over HTTP: by `proviso serve --publish`, and by nginx as docs/guides/publish.md says."""

import http.client
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

from provider import Checks, arguments, wait_until

provider = arguments()
checks = Checks()
GUIDE = (provider.source / "docs/guides/publish.md").read_text()


def ask(port, path, method="GET", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers or {})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {k.lower(): v for k, v in response.getheaders()}, body


def guide_rows():
    """(path pattern, content type, cache) of the guide's table; the last row is everything else."""
    rows = re.findall(r"(?m)^\| (.+) \| (.+) \| (.+) \|$", GUIDE)[1:]
    return [tuple(cell.strip() for cell in row) for row in rows if not row[0].startswith("---")]


ROWS = guide_rows()
CHECKPOINT, TILES, MARKER, ELSE = ROWS
checks.check(CHECKPOINT[0] == "`checkpoint`" and MARKER[0] == "`addenda.v1`", f"{ROWS}")


NOT_OF_THE_LOG = ["secret", "tile/0/.tmp-1"]


def check_headers(port, what):
    """Each file of the log is served as it is, with the headers of the guide's table."""
    names = {str(path.relative_to(log)) for path in log.rglob("*") if path.is_file()}
    for name in sorted(names - set(NOT_OF_THE_LOG)):
        path = log / name
        row = CHECKPOINT if name == "checkpoint" else MARKER if name == "addenda.v1" else TILES
        status, headers, body = ask(port, f"/log/{name}")
        checks.check(status == 200 and body == path.read_bytes(), f"{what}: {name}: {status}")
        checks.check(f"`{headers.get('content-type')}`" == row[1], f"{what}: {name}: {headers}")
        checks.check(f"`{headers.get('cache-control')}`" == row[2], f"{what}: {name}: {headers}")
        checks.check(headers.get("access-control-allow-origin") == "*", f"{what}: {name}")
        etag = headers.get("etag")
        again = ask(port, f"/log/{name}", headers={"If-None-Match": etag})
        checks.check(etag and again[0] == 304 and again[2] == b"", f"{what}: {name}: {again}")
        head = ask(port, f"/log/{name}", "HEAD")
        checks.check(head[0] == 200 and head[2] == b"", f"{what}: HEAD {name}: {head}")
    for name in (*NOT_OF_THE_LOG, "../proviso.db", "%2e%2e/proviso.db", "tile", "", "tile/0/999"):
        status, _, body = ask(port, f"/log/{name}")
        checks.check(status in (400, 404) and b"secret" not in body, f"{what}: {name}: {status}")


def verify_by_url(port, vkey, size, what):
    report = provider.run(
        "log", "verify", "--log", f"http://127.0.0.1:{port}/log", "--vkey", vkey, "--seen", "seen"
    )
    checks.check(report["ok"] and report["size"] == size, f"{what}: {report}")
    checks.check(report["entries"] == size, f"{what}: {report}")


def copy_out(root, path=os.environ["PATH"]):
    """The guide's own commands, with its folders replaced."""
    script = re.search(r"(?s)```sh\n(.*?)```", GUIDE)[1]
    script = script.replace("/srv/proviso/data", f"{provider.data}")
    script = script.replace("/srv/proviso/public", f"{root}/public")
    environment = dict(os.environ, PATH=path)
    done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True)
    checks.check(done.returncode == 0, f"copied out: {done.stderr}")


def copies_hold_while_the_log_grows():
    """It grows once the first tiles are listed: what is published last must promise no more."""
    root = provider.work / "copied"
    (provider.work / "bin").mkdir()
    find = provider.work / "bin/find"
    catalogue = provider.source / "examples/catalogue.yaml"
    grow = f"'{provider.binary}' -C '{provider.data}' import catalogue '{catalogue}'"
    before = int((log / "checkpoint").read_text().split("\n")[1])
    find.write_text(
        f"#!/bin/sh\n{shutil.which('find')} \"$@\" || exit 1\n{grow} >&2\n"
    )
    find.chmod(0o755)
    sizes = []
    for path in (f"{find.parent}:{os.environ['PATH']}", os.environ["PATH"]):
        copy_out(root, path)
        of = ["--log", root / "public/log", "--vkey", vkey]
        report = provider.run("log", "verify", *of)
        checks.check(report["ok"], f"the copy holds: {report}")
        sizes.append(report["size"])
    checks.check(sizes == [before, before + 1], f"as it was begun, and as it is: {sizes}")
    left = [str(path) for path in root.rglob(".*")]
    checks.check(left == [], f"nothing unfinished is left: {left}")


class Nginx:
    """The guide's own configuration, with its folder and port replaced."""

    def __enter__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="proviso-publish-"))
        self.root.chmod(0o755)
        copy_out(self.root)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        block = re.search(r"(?s)```nginx\n(.*?)```", GUIDE)[1]
        block = block.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
        block = block.replace("/srv/proviso/public", f"{self.root}/public")
        user = "user nobody nogroup;\n" if os.geteuid() == 0 else ""
        config = self.root / "nginx.conf"
        config.write_text(
            f"{user}daemon off;\npid {self.root}/nginx.pid;\nerror_log {self.root}/error.log;\n"
            f"events {{ }}\nhttp {{\naccess_log off;\n{block}\n}}\n"
        )
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen(
            [nginx, "-p", str(self.root), "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if not wait_until(self.answers):
            told = (self.root / "error.log").read_text()[-500:]
            self.__exit__()
            raise SystemExit("nginx: " + told)
        return self

    def answers(self):
        try:
            return self.process.poll() is None and ask(self.port, "/log/checkpoint")[0] == 200
        except OSError:
            return False

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.root)


vkey = provider.run("init")["vkey"]
provider.import_examples()
SIZE = 4
log = provider.data / "log"
told = provider.start("serve", "--listen", "127.0.0.1:0", "--publish", "127.0.0.1:0")
lines = [told.stdout.readline() for _ in range(2)]
checks.check(b"forward-auth at http://" in lines[0], f"{lines}")
checks.check(re.fullmatch(rb"the log at http://127.0.0.1:\d+/log\n", lines[1]), f"{lines}")
told.terminate()
told.communicate(timeout=20)

port = provider.serve(publish=True)["publish_port"]
for name in NOT_OF_THE_LOG:
    (log / name).write_text("secret")
check_headers(port, "serve")
verify_by_url(port, vkey, SIZE, "serve")
provider.import_examples()
verify_by_url(port, vkey, SIZE + 3, "serve, grown")
with Nginx() as nginx:
    check_headers(nginx.port, "nginx")
    verify_by_url(nginx.port, vkey, SIZE + 3, "nginx")
    url = f"http://127.0.0.1:{nginx.port}/other"
    error = provider.run("log", "verify", "--log", url, "--vkey", vkey, expect=1)
    checks.refused("no log there", error, f"{url}/checkpoint", "no such file")
provider.stop()
for name in NOT_OF_THE_LOG:
    (log / name).unlink()
copies_hold_while_the_log_grows()
refused = provider.run("serve", "--publish", "127.0.0.1:0", "--publish-prefix", "log", expect=1)
checks.refused("a malformed prefix", refused, "begins with a slash")
checks.end()
