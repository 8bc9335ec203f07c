"""What a customer does with S3, by boto3, and what comes of it."""

import http.client
import time
import urllib.parse

import boto3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.client import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from http_gateway import Client, Seen

PART = b"invented\n"
OPEN_POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*",'
    '"Resource":["arn:aws:s3:::%s","arn:aws:s3:::%s/*"]}]}'
)


def bucket_of(user):
    return f"bucket-of-{user}"


class Caller:
    """A user of an object store. `keys` are (access key, secret, session token), where they are not
    those that follow from the name."""

    def __init__(self, port, name, keys=None):
        self.port = port
        self.name = name
        self.count = 0
        access, secret, token = keys or (key_of(name), secret_of(name), None)
        self.credentials = Credentials(access, secret, token)
        config = Config(
            signature_version="s3v4",
            retries={"max_attempts": 0},
            read_timeout=60,
            s3={"addressing_style": "path"},
        )
        self.s3 = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="default",
            config=config,
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )

    def tried(self, call, *args, **kwargs):
        """What came of one call, and its answer."""
        begun = time.monotonic()
        try:
            answer = call(*args, **kwargs)
            status, body = answer["ResponseMetadata"]["HTTPStatusCode"], b""
            if "Body" in answer:
                body = answer["Body"].read()
            refused = [each["Code"] for each in answer.get("Errors", [])]
        except ClientError as error:
            answer, refused = None, []
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            body = error.response["Error"].get("Code", "").encode()
        seen = seen_of(status, " ".join(refused).encode() or body, begun)
        # Several objects at once: the service says one by one what it did not do.
        seen.by_service = seen.by_service and not refused
        return seen, answer

    def fresh(self, what):
        self.count += 1
        return f"{what}-by-{self.name}-{self.count}-{time.monotonic_ns()}"

    def presigned(self, method, bucket, key, seconds=3600):
        call = {"GET": "get_object", "PUT": "put_object"}[method]
        url = self.s3.generate_presigned_url(
            call, Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds
        )
        return url[url.index("/", len("http://")) :]


def key_of(name):
    return f"key-of-{name}"


def secret_of(name):
    return f"secret-of-{key_of(name)}"


def seen_of(status, body, begun):
    seen = Seen(status, {}, body, time.monotonic() - begun)
    seen.by_service = status < 300
    return seen


def plain(port, method, target, body=None, headers=None, timeout=60):
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    connection.request(method, target, body, headers or {})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return seen_of(response.status, content, begun)


def admin_api(port, caller, words):
    """A call of the gateway's own interface for operators."""
    target = f"/admin/user?{urllib.parse.urlencode(words)}"
    return signed(port, "GET", target, Credentials(key_of(caller), secret_of(caller)))


def signed(port, method, target, credentials, body=None, timeout=60):
    """One request with no more headers than the signature needs."""
    request = AWSRequest(method, f"http://127.0.0.1:{port}{target}", data=body)
    S3SigV4Auth(credentials, "s3", "default").add_auth(request)
    return plain(port, method, target, body, dict(request.headers), timeout)


class Deeds:
    """Everything that one caller does with one bucket; `kept` is what lies there for that."""

    def __init__(self, caller, bucket, keeper):
        self.caller = caller
        self.bucket = bucket
        self.keeper = keeper  # the user of the operator's who puts there what is needed

    def lay(self, what):
        key = self.caller.fresh(what)
        self.keeper.s3.put_object(Bucket=self.bucket, Key=key, Body=PART)
        return key

    def begun_upload(self):
        key = self.caller.fresh("upload")
        begun = self.keeper.s3.create_multipart_upload(Bucket=self.bucket, Key=key)
        return {"Bucket": self.bucket, "Key": key, "UploadId": begun["UploadId"]}

    def all(self):
        """(what, operation, what came of it) of each."""
        s3, tried, bucket = self.caller.s3, self.caller.tried, self.bucket
        here = {"Bucket": bucket}
        copied = {"Bucket": bucket, "Key": self.lay("source")}
        upload = self.begun_upload()
        whole = self.begun_upload()
        part = self.keeper.s3.upload_part(**whole, PartNumber=1, Body=PART)
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        doomed = {"Objects": [{"Key": self.lay("doomed")}]}
        several = [
            ("get", "read", s3.get_object, {**here, "Key": self.lay("get")}),
            ("head", "read", s3.head_object, {**here, "Key": self.lay("head")}),
            ("list", "read", s3.list_objects_v2, here),
            ("acl", "read", s3.get_bucket_acl, here),
            ("uploads", "read", s3.list_multipart_uploads, here),
            ("put", "write", s3.put_object, {**here, "Key": self.caller.fresh("put")}),
            (
                *("copy", "write", s3.copy_object),
                {**here, "Key": self.caller.fresh("copy"), "CopySource": copied},
            ),
            (
                *("begin an upload", "write", s3.create_multipart_upload),
                {**here, "Key": self.caller.fresh("begun")},
            ),
            (
                *("upload a part", "write", s3.upload_part),
                {**upload, "PartNumber": 2, "Body": PART},
            ),
            (
                *("complete an upload", "write", s3.complete_multipart_upload),
                {**whole, "MultipartUpload": parts},
            ),
            (
                *("abort an upload", "delete", s3.abort_multipart_upload),
                self.begun_upload(),
            ),
            ("delete", "delete", s3.delete_object, {**here, "Key": self.lay("delete")}),
            ("delete several", "delete", s3.delete_objects, {**here, "Delete": doomed}),
        ]
        for what, operation, call, arguments in several:
            seen, _ = tried(call, **arguments)
            seen.has_body = what != "head"
            yield what, operation, seen
        port = self.caller.port
        for method, operation in (("GET", "read"), ("PUT", "write")):
            target = self.caller.presigned(method, bucket, self.lay("presigned"))
            body = PART if method == "PUT" else None
            yield f"presigned {method}", operation, plain(port, method, target, body)


def asker(addresses, ports):
    """What `Load` asks on with: presigned addresses, each (what, method, target) with its service
    first in `what`; `ports` are of the gateways, by service."""

    def ask_on(order, stopped, answers):
        clients = {service: Client(port) for service, port in ports.items()}
        while not stopped.is_set():
            what, method, target = order.choice(addresses)
            sent = time.monotonic()
            seen = clients[what[0]].ask(method, target, body=PART if method == "PUT" else None)
            answers.append((what, seen.status, sent, time.monotonic()))
        for client in clients.values():
            client.close()

    return ask_on


def anonymous(port, bucket, keeper):
    """What anybody does with a bucket that is open to all."""
    key = f"open-{time.monotonic_ns()}"
    keeper.s3.put_object(Bucket=bucket, Key=key, Body=PART)
    yield "anonymous get", "read", plain(port, "GET", f"/{bucket}/{key}")
    yield "anonymous list", "read", plain(port, "GET", f"/{bucket}/")
    yield "anonymous put", "write", plain(port, "PUT", f"/{bucket}/{key}-put", PART)
    yield "anonymous delete", "delete", plain(port, "DELETE", f"/{bucket}/{key}")
