"""A connector that pages through an HTTP API, with a server that fails at times."""
from fivetran_connector_sdk import Connector, Operations as op


import http.server
import json
import threading
import time
import urllib.error
import urllib.request

PAGE, ROWS = 10, 35


class Api(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        Api.asked += 1
        if Api.asked % 3 == 2:
            return self.send_error(503)
        first = int(self.path.rpartition("=")[2])
        rows = [{"id": number, "name": f"user {number}", "tags": [number % 2]} for number in range(first, ROWS)[:PAGE]]
        body = json.dumps({"rows": rows, "next": first + PAGE if first + PAGE < ROWS else None}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def get(url: str):
    for _ in range(5):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as fault:
            if fault.code != 503:
                raise
            time.sleep(0.01)
    raise RuntimeError(f"{url} keeps failing")


def schema(configuration: dict):
    return [{"table": "users", "primary_key": ["id"]}]


def update(configuration: dict, state: dict):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    first = state.get("next", 0)
    while first is not None:
        page = get(f"http://127.0.0.1:{server.server_port}/users?first={first}")
        for row in page["rows"]:
            op.upsert("users", row)
        first = page["next"]
        op.checkpoint({"next": first} if first is not None else {"done": True})
    server.shutdown()


connector = Connector(update=update, schema=schema)
