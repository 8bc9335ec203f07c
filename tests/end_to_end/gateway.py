"""A real nginx with auth_request before WebDAV folders, as docs/guides/nginx.md shows it."""

import http.client
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

CONFIG = """\
{user}daemon off;
worker_processes 1;
pid {root}/nginx.pid;
error_log {root}/error.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
  upstream proviso {{ server 127.0.0.1:{point}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port};
    location ~ ^/(?<subscription>[^/]+)/(?<service>[^/]+)/(?<region>[^/]+)/ {{
      auth_request /_proviso;
      auth_request_set $proviso_reason $upstream_http_x_proviso_reason;
      auth_request_set $proviso_restriction $upstream_http_x_proviso_restriction;
      auth_request_set $proviso_table $upstream_http_x_proviso_table;
      add_header X-Proviso-Reason $proviso_reason always;
      add_header X-Proviso-Restriction $proviso_restriction always;
      add_header X-Proviso-Table $proviso_table always;
      root {root}/files;
      dav_methods PUT DELETE MKCOL COPY MOVE;
      create_full_put_path on;
    }}
    location = /_proviso {{
      internal;
      proxy_pass http://proviso/authz/forward;
      proxy_http_version 1.1;
      proxy_pass_request_body off;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
      proxy_set_header X-Proviso-Subscription $subscription;
      proxy_set_header X-Proviso-Service $service;
      proxy_set_header X-Proviso-Region $region;
      proxy_set_header X-Original-Method $request_method;
      proxy_connect_timeout 200ms; proxy_read_timeout 1s;
    }}
  }}
}}
"""


class Gateway:
    def __init__(self, point):
        # Not below the work folder: nginx runs as nobody, whom a home folder lets not through.
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="proviso-gateway-"))
        self.root.chmod(0o755)
        self.point = point
        self.count = 0

    def __enter__(self):
        (self.root / "files").mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        as_root = os.geteuid() == 0
        if as_root:
            nobody = pwd.getpwnam("nobody")
            for path in (self.root, self.root / "files"):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        config = self.root / "nginx.conf"
        config.write_text(
            CONFIG.format(
                user="user nobody nogroup;\n" if as_root else "",
                root=self.root,
                point=self.point,
                port=self.port,
            )
        )
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen(
            [nginx, "-p", str(self.root), "-c", str(config)], stderr=subprocess.PIPE
        )
        for _ in range(500):
            try:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                self.connection.connect()
                return self
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("nginx: " + self.process.stderr.read().decode())
                time.sleep(0.01)
        raise SystemExit("nginx did not start")

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()
        shutil.rmtree(self.root)

    def ask(self, method, subscription, service, region):
        """Does `method` on a file or folder that makes it succeed unless it is denied."""
        self.count += 1
        folder = self.root / "files" / subscription / service / region
        name = f"item-{self.count}"
        if method in ("GET", "DELETE"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("invented\n")
            self.own(folder)
        elif method == "MKCOL":
            folder.mkdir(parents=True, exist_ok=True)
            self.own(folder)
            name += "/"
        body = b"invented\n" if method == "PUT" else None
        self.connection.request(method, f"/{subscription}/{service}/{region}/{name}", body)
        response = self.connection.getresponse()
        response.read()
        return response.status, response.headers

    def own(self, folder):
        if os.geteuid() != 0:
            return
        nobody = pwd.getpwnam("nobody")
        while folder != self.root:
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            folder = folder.parent
