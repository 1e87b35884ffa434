#!/usr/bin/env python3
"""Recordings of HTTP exchanges: what is replayed is what came, and no secret is in the file. The libraries that are not
installed are passed over, and so is TLS without openssl."""
import gzip
import http.server
import importlib.util
import json
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

PACKAGE = pathlib.Path(__file__).resolve().parent.parent.parent / "python"
sys.path.insert(0, str(PACKAGE))

from fivetran_connector_sdk._secrets import Secrets  # noqa: E402
SECRETS = ("configured-secret", "header-secret", "body-secret", "form-secret", "cookie-secret", "answer-secret")
WORDS = ["password", "secret", "token", "auth", "api_key"]

# What a connector might do; prints what it got.
ASKING = r'''
import asyncio, gzip, importlib.util, io, json, ssl, sys, urllib.request
sys.path.insert(0, sys.argv[1])
from fivetran_connector_sdk import _exchanges
settings = json.loads(sys.argv[2])
log = _exchanges.install(settings)
here, there, certificate = json.loads(sys.argv[3])
context = ssl.create_default_context(cafile=certificate) if certificate else None
got = []

def with_urllib(base):
    tls = context if base.startswith("https") else None
    for path in ("/plain?api_key=configured-secret&page=1", "/gzip", "/chunked", "/binary", "/nothing", "/plain?page=1", "/plain?page=1"):
        request = urllib.request.Request(base + path, headers={"Authorization": "Bearer header-secret"})
        answer = urllib.request.urlopen(request, context=tls)
        body = answer.read()
        got.append((gzip.decompress(body) if answer.headers["Content-Encoding"] else body).decode("latin-1"))
    for body in (b'{"password": "body-secret", "q": 1}', b'{"password": "body-secret", "q": 2}'):
        request = urllib.request.Request(base + "/post", body, {"Content-Type": "application/json"})
        got.append(urllib.request.urlopen(request, context=tls).read().decode())

def with_requests(base):
    import requests
    session = requests.Session()
    session.trust_env = False
    session.verify = certificate or True
    got.append(session.post(base + "/form", data={"client_secret": "form-secret", "q": 1}).text)
    got.append(session.post(base + "/files", files={"f": ("a.txt", b"abc")}).status_code)
    got.append(session.post(base + "/parts", data=(part for part in (b"one", b"two"))).text)
    got.append(session.post(base + "/file", data=io.BytesIO(b"a file")).text)
    got.append(session.head(base + "/head").status_code)
    with session.get(base + "/binary/streamed", stream=True) as answer:
        got.append(sum(len(part) for part in answer.iter_content(1000)))
    with session.get(base + "/gzip/streamed", stream=True) as answer:
        got.append([line.decode() for line in answer.iter_lines()])

def with_httpx(base):
    import httpx
    with httpx.Client(verify=context or True, trust_env=False) as client:
        got.append(client.get(base + "/gzip/x").text)
        got.append(client.post(base + "/x", json={"a": 1}).text)
        with client.stream("GET", base + "/binary/x") as answer:
            got.append(sum(len(part) for part in answer.iter_bytes()))
    async def ask():
        async with httpx.AsyncClient(verify=context or True, trust_env=False) as client:
            return (await client.get(base + "/async")).text
    got.append(asyncio.run(ask()))

for base in filter(None, (here, there)):
    with_urllib(base)
    if importlib.util.find_spec("requests"):
        with_requests(base)
    if importlib.util.find_spec("httpx"):
        with_httpx(base)
log.close()
print(json.dumps(got))
'''

MISSING = r'''
import json, socket, sys, urllib.request
sys.path.insert(0, sys.argv[1])
from fivetran_connector_sdk import _exchanges
log = _exchanges.install(json.loads(sys.argv[2]))
kind, base = json.loads(sys.argv[3])
try:
    if kind == "request":
        urllib.request.urlopen(base + "/plain?page=9")
    elif kind == "again":
        urllib.request.urlopen(base + "/gzip")
        urllib.request.urlopen(base + "/gzip")
    elif kind == "body":
        urllib.request.urlopen(base + "/post", b"other")
    elif kind == "socket":
        socket.create_connection(("127.0.0.1", 9))
    else:
        try:
            urllib.request.urlopen(base + "/plain?page=9")
        except BaseException:
            pass
        log.close()
except _exchanges.ReplayFault as fault:
    print(fault)
'''


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while True:
            size = int(self.rfile.readline(), 16)
            part = self.rfile.read(size)
            self.rfile.readline()
            if not size:
                return body
            body += part

    def answer(self):
        self.server.asked += 1
        body = json.dumps({"number": self.server.asked, "got": self.body().decode("latin-1"), "author": "Jane",
                           "access_token": "answer-secret", "next_page_token": "page-2"}).encode()
        if "gzip" in self.path:
            body = gzip.compress(body)
        elif "binary" in self.path:
            body = bytes(range(256)) * 300
        self.send_response(204 if "nothing" in self.path else 200)
        self.send_header("Set-Cookie", "session=cookie-secret")
        self.send_header("Content-Type", "application/octet-stream" if "binary" in self.path else "application/json")
        if "gzip" in self.path:
            self.send_header("Content-Encoding", "gzip")
        if "chunked" in self.path:
            self.send_header("Transfer-Encoding", "chunked")
            body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:20], body[20:], b""))
        elif "nothing" not in self.path:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if "nothing" not in self.path and self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = answer


def server(context=None):
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    made.asked = 0
    if context is not None:
        made.socket = context.wrap_socket(made.socket, server_side=True)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    return made


class Exchanges(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = pathlib.Path(self.folder.name) / "exchanges.jsonl"
        self.plain = server()
        self.secure, certificate = self.with_tls()
        self.places = [f"http://127.0.0.1:{self.plain.server_port}",
                       self.secure and f"https://localhost:{self.secure.server_port}", certificate]

    def tearDown(self):
        for each in filter(None, (self.plain, self.secure)):
            each.shutdown()
            each.server_close()
        self.folder.cleanup()

    def with_tls(self):
        if shutil.which("openssl") is None:
            return None, None
        key, certificate = (str(pathlib.Path(self.folder.name) / name) for name in ("key.pem", "certificate.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return server(context), certificate

    def run_child(self, script, mode, more):
        settings = {"mode": mode, "file": str(self.file), "run": 1, "secrets": ["configured-secret"], "words": WORDS}
        done = subprocess.run([sys.executable, "-c", script, str(PACKAGE), json.dumps(settings), json.dumps(more)],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def asked(self):
        return [each.asked for each in (self.plain, self.secure) if each]

    def test_replays_what_came_without_secrets(self):
        recorded = json.loads(self.run_child(ASKING, "record", self.places))
        asked = self.asked()
        replayed = json.loads(self.run_child(ASKING, "replay", self.places))

        text = json.dumps(recorded)
        for secret in SECRETS:
            text = text.replace(secret, "***")
        self.assertEqual(json.loads(text), replayed)
        self.assertEqual(self.asked(), asked)
        kept = self.file.read_text()
        for secret in SECRETS:
            self.assertNotIn(secret, kept)
        self.assertIn("Jane", kept)
        self.assertIn("page-2", kept)

    def test_names_what_is_missing_and_the_nearest(self):
        self.run_child(ASKING, "record", self.places)
        base = self.places[0]

        self.assertRegex(self.run_child(MISSING, "replay", ["request", base]),
                         r"no recorded exchange for GET \S+/plain\?page=9; the nearest is GET \S+/plain\?page=1 in line \d+ of")
        self.assertRegex(self.run_child(MISSING, "replay", ["again", base]), r"GET \S+/gzip: all 1 of this request are used")
        self.assertRegex(self.run_child(MISSING, "replay", ["body", base]), r"with the body other; .* with the body \{")
        self.assertIn("opens a connection of its own", self.run_child(MISSING, "replay", ["socket", base]))
        self.assertIn("no recorded exchange", self.run_child(MISSING, "replay", ["swallowed", base]))

    def test_says_what_is_wrong_with_a_file(self):
        self.file.write_text('{"tendril_exchanges": 1}\n{"request": 1}\n')

        with self.assertRaisesRegex(AssertionError, r"line 2 of .* is no exchange"):
            self.run_child(MISSING, "replay", ["request", self.places[0]])


class SecretNames(unittest.TestCase):
    def setUp(self):
        self.secrets = Secrets(["from configuration"], WORDS)

    def test_tells_secrets_from_places_and_authors(self):
        for name in ("api_key", "X-Api-Key", "apiKey", "Authorization", "client_secret",
                     "accessToken", "csrf-token", "userPassword"):
            self.assertTrue(self.secrets.names(name), name)
        for name in ("id", "author", "next_page_token", "pageToken", "continuationToken", "syncToken", "token_type"):
            self.assertFalse(self.secrets.names(name), name)

    def test_blanks_known_values_in_every_spelling(self):
        for spelling in ("from configuration", "from%20configuration", "from+configuration", "ZnJvbSBjb25maWd1cmF0aW9u"):
            self.assertEqual(self.secrets.in_url(f"https://host/{spelling}/x"), "https://host/***/x")

    def test_blanks_in_place(self):
        self.assertEqual(self.secrets.in_url("https://u:p@host/?a=1&token=abc&page_token=p2"),
                         "https://***@host/?a=1&token=***&page_token=p2")
        self.assertEqual(self.secrets.in_body(b'{"password" : "x", "n": 1.50, "page": "p"}', "application/json", False),
                         b'{"password" : "***", "n": 1.50, "page": "p"}')
        self.assertEqual(self.secrets.in_body(b'{"author": "J", "auth_kind": "k", "access_token": "long-enough"}', "", True),
                         b'{"author": "J", "auth_kind": "k", "access_token": "***"}')
        self.assertEqual(self.secrets.in_text("see long-enough"), "see ***")


if __name__ == "__main__":
    unittest.main()
