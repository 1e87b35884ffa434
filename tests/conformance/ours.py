"""Runs streams with our program as a child process, its requests answered by an imposter on a local port."""
import http.server
import json
import os
import pathlib
import socketserver
import subprocess
import tempfile
import threading
import time

import web
from outcome import Outcome


_SANITIZERS = {key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")}


class Ours:
    """Our program with one manifest. Use as a context; Threads: one run at a time."""

    def __init__(self, program, manifest_path, timeout):
        self._program = program
        self._manifest_path = manifest_path
        self._timeout = timeout
        self._server = _Server(("127.0.0.1", 0), _Handler)

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def run(self, name, config, state, imposter, now, incremental=True):
        """Reads one stream; the same results as the reference's."""
        self._server.imposter = imposter
        outcome = Outcome()
        with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
            command = self._command(pathlib.Path(folder), name, config, state, incremental)
            environment = {**_SANITIZERS, "PATH": "/usr/bin:/bin", "HOME": folder, "TZ": "UTC",
                           "TENDRIL_NOW": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
            self._execute(command, environment, outcome)
        outcome.requests = list(imposter.log)
        outcome.unknown = imposter.unknown
        return outcome

    def _command(self, folder, name, config, state, incremental):
        mode = "incremental" if incremental else "full_refresh"
        files = {"config": config, "catalog": {"streams": [{
            "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
            "sync_mode": mode, "destination_sync_mode": "append"}]}}
        if state is not None:
            files["state"] = [{"type": "STREAM", "stream": {"stream_descriptor": {"name": name},
                                                            "stream_state": state}}]
        command = [self._program, "airbyte", self._manifest_path, "read", "--rewrite-origin",
                   f"*=http://127.0.0.1:{self._server.server_address[1]}"]
        for key, content in files.items():
            path = folder / f"{key}.json"
            path.write_text(json.dumps(content))
            command += [f"--{key}", str(path)]
        return [str(word) for word in command]

    def _execute(self, command, environment, outcome):
        with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
            child = subprocess.Popen(command, stdout=output, stderr=errors, env=environment)
            deadline = time.monotonic() + self._timeout
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                outcome.error = f"hang: not done within {self._timeout:g} s"
            output.seek(0)
            for line in output:
                self._take(line, outcome)
            errors.seek(0)
            if child.returncode != 0 and not outcome.error:
                lines = errors.read().decode("utf-8", "replace").strip().splitlines()
                outcome.error = f"exit code {child.returncode}: {(lines or [''])[-1]}"[:400]
            if child.returncode < 0 and not outcome.error.startswith("hang"):
                outcome.error = f"crash: signal {-child.returncode}: {outcome.error}"

    @staticmethod
    def _take(line, outcome):
        try:
            message = json.loads(line)
        except ValueError:
            outcome.error = outcome.error or f"not a message: {line[:200]!r}"
            return
        outcome.take(message)


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64
    imposter = None

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is no fault of the server."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _, scheme, rest = self.path.split("/", 2)
        headers = {}
        for name, value in self.headers.items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        answer = self.server.imposter.answer(web.Request(self.command, f"{scheme}://{rest}", headers, body))
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer

    def log_message(self, *_):
        """The imposter keeps the log."""
