"""A stand-in for a service that signs people in by OpenID Connect: its tokens are signed with the
secret that it shares with its client."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time

CLIENT, SECRET = "minio", "invented-secret"
LIFE_SECONDS = 3600


class SignIn:
    def __init__(self):
        answers = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = json.dumps(answers[self.path]).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{server.server_port}"
        ends = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        known = {name: f"{self.issuer}/{name}" for name in ends}
        self.configuration = "/.well-known/openid-configuration"
        answers[self.configuration] = {"issuer": self.issuer, **known}
        answers["/jwks_uri"] = {"keys": []}
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def settings(self):
        """Of a MinIO that lets people sign in here, and do whatever its plugin lets them."""
        return (
            f"MINIO_IDENTITY_OPENID_CONFIG_URL={self.issuer}{self.configuration}\n"
            f"MINIO_IDENTITY_OPENID_CLIENT_ID={CLIENT}\n"
            f"MINIO_IDENTITY_OPENID_CLIENT_SECRET={SECRET}\n"
            "MINIO_IDENTITY_OPENID_ROLE_POLICY=readwrite\n"
        )

    def token(self, name):
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": name, "aud": CLIENT, "iat": now}
        claims["exp"] = now + LIFE_SECONDS
        parts = [{"alg": "HS256", "typ": "JWT", "kid": CLIENT}, claims]
        text = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        mark = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
        return f"{text}.{encoded(mark)}"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
