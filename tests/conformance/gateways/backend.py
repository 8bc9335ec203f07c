"""The service behind the gateways: folders over WebDAV by a real nginx, which says what it did."""

import processes

CONFIG = """\
daemon off; master_process off;
pid {root}/backend.pid; error_log {root}/backend-error.log warn;
events {{ worker_connections 512; }}
http {{
  log_format done '$request_method $uri';
  access_log {root}/backend-done.log done;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
  keepalive_requests 100000;
  server {{
    listen 127.0.0.1:{port};
    root {root}/files;
    add_header X-Answered-By service always;
    add_header X-Told-Table $http_x_proviso_table always;
    dav_methods PUT DELETE MKCOL COPY MOVE;
    create_full_put_path on;
    error_page 405 = @invoked;
    location @invoked {{ return 200 "invoked\\n"; }}
  }}
}}
"""


class Backend:
    """Each answer of it has the header `X-Answered-By: service`."""

    def __init__(self, root):
        self.root = root / "backend"
        self.files = self.root / "files"
        self.files.mkdir(parents=True)
        self.port = processes.free_port()
        self.log = self.root / "backend.log"
        config = self.root / "backend.conf"
        config.write_text(CONFIG.format(root=self.root, port=self.port))
        self.process = processes.start(
            [processes.program("nginx"), "-p", self.root, "-c", config], self.log
        )
        processes.wait_for(self.port, self.process, self.log)

    def write(self, service, subscription, name, text):
        folder = self.files / service / subscription
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    def done(self):
        """What it did so far: lines `METHOD PATH`."""
        return (self.root / "backend-done.log").read_text().splitlines()
