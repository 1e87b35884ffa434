"""A connector's HTTP exchanges as JSON lines: written without secrets, and read again for runs without network.

A line has "run" and "number", by which the exchanges of a run are in order, "request" (method, url, headers, body) and
"response" (status, reason, headers, body). A body is a text, or {"base64": ...}; the answer's is there as it was before a
"coding" (gzip, deflate), and without the marks of its chunks.
"""
import base64
import collections
import difflib
import gzip
import json
import threading
import zlib

FORMAT = 1
_SHOWN_MAX = 200
_CANDIDATES_MAX = 5000


class ReplayFault(BaseException):
    """Ends a run with a recording. No Exception, which a connector might catch and go on from as if the network had failed."""


class Request:
    """`body` is bytes; `headers` a list of pairs."""

    def __init__(self, method, url, headers, body):
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body

    def blanked(self, secrets):
        """The request as a recording has it, by which it is found there again."""
        secrets.learn_headers(self.headers)
        kind = content_type(self.headers)
        url = secrets.in_url(self.url)
        body = secrets.in_body(self.body, kind, is_answer=False)
        boundary = kind.partition("boundary=")[2].strip('"')
        if boundary:
            body = body.replace(boundary.encode(), b"boundary")
        return Request(self.method, url, secrets.in_headers(self.headers), body)

    def key(self):
        return (self.method, self.url, self.body)


class Response:
    """`body` is bytes, as the connector's library reads them when nothing is encoded."""

    def __init__(self, status, reason, headers, body):
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body


def header(headers, name):
    return next((value for each, value in headers if each.lower() == name), "")


def content_type(headers):
    return header(headers, "content-type")


def _decoded(headers, body):
    """The body without its coding, and the coding; none where it does not decode, as a body that was not read whole."""
    coding = header(headers, "content-encoding").strip().lower()
    try:
        if coding == "gzip":
            return gzip.decompress(body), coding
        if coding == "deflate":
            return zlib.decompress(body), coding
    except (OSError, EOFError, zlib.error):
        pass  # It stays as it came.
    return body, None


def encoded(body, coding):
    if coding == "gzip":
        return gzip.compress(body, mtime=0)
    return zlib.compress(body) if coding == "deflate" else body


def _written(body):
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _read(body):
    return body.encode() if isinstance(body, str) else base64.b64decode(body["base64"])


class Recorder:
    replays = False

    def __init__(self, path, run, secrets):
        self._run = run
        self._secrets = secrets
        self._lock = threading.Lock()
        self._number = 0
        self._open = {}  # Exchanges that are not whole yet: functions that end them, by number.
        try:
            self._file = open(path, "w" if run == 1 else "a", encoding="utf-8")
        except OSError as fault:
            raise ReplayFault(f"--record: file can not be written: {path}: {fault.strerror}") from None
        if run == 1:
            self._write({"tendril_exchanges": FORMAT})

    def begin(self):
        """Returns the exchange's place among all."""
        with self._lock:
            self._number += 1
            self._open[self._number] = None
            return self._number

    def answered(self, number, finish):
        """The answer has begun: at the end of the run finish() ends an exchange that is not whole by then."""
        with self._lock:
            self._open[number] = finish

    def drop(self, number):
        """Forgets an exchange that failed."""
        with self._lock:
            self._open.pop(number, None)

    def end(self, number, request, response):
        with self._lock:
            if number not in self._open:
                return
            del self._open[number]
        asked = request.blanked(self._secrets)
        body, coding = _decoded(response.headers, response.body)
        # Names in the body come first: their values are then known in the rest, too.
        body = self._secrets.in_body(body, content_type(response.headers), is_answer=True)
        self._write({"run": self._run, "number": number,
                     "request": {"method": asked.method, "url": asked.url, "headers": asked.headers,
                                 "body": _written(asked.body)},
                     "response": {"status": response.status, "reason": response.reason,
                                  "headers": self._secrets.in_headers(response.headers),
                                  **({"coding": coding} if coding else {}), "body": _written(body)}})

    def close(self):
        for finish in list(self._open.values()):
            if finish is not None:
                finish()
        with self._lock:
            self._file.close()

    def _write(self, line):
        text = json.dumps(line, ensure_ascii=False) + "\n"
        with self._lock:
            if not self._file.closed:
                self._file.write(text)
                self._file.flush()


class Replay:
    replays = True

    def __init__(self, path, run, secrets):
        self._path = path
        self._secrets = secrets
        self._lock = threading.Lock()
        self._fault = None
        self._all = []  # (line number, exchange)
        self._by_run = collections.defaultdict(dict)
        self._run = run
        self._load()

    def answer(self, request):
        asked = request.blanked(self._secrets)
        key = asked.key()
        with self._lock:
            for run in dict.fromkeys((self._run, self._first_run)):
                waiting = self._by_run[run].get(key)
                if waiting:
                    return self._response_of(waiting.popleft())
        raise self.fail(self._missing(asked))

    def fail(self, message):
        """The fault to raise. It ends the run whoever catches it."""
        self._fault = self._fault or ReplayFault(message)
        return self._fault

    def close(self):
        if self._fault is not None:
            raise self._fault

    def _load(self):
        try:
            lines = open(self._path, encoding="utf-8").read().splitlines()
        except OSError as fault:
            raise ReplayFault(f"--replay: file can not be read: {self._path}: {fault.strerror}") from None
        for number, line in enumerate(lines, 1):
            try:
                exchange = json.loads(line)
                if "tendril_exchanges" in exchange:
                    if exchange["tendril_exchanges"] != FORMAT:
                        raise ValueError("it was recorded by another version")
                    continue
                request = exchange["request"]
                key = (request["method"], request["url"], _read(request["body"]))
                place = (exchange["run"], exchange["number"])
                exchange["response"]["status"], exchange["response"]["body"]
            except (ValueError, KeyError, TypeError) as fault:
                raise ReplayFault(f"--replay: line {number} of {self._path} is no exchange: {fault}") from None
            self._all.append((place, number, key, exchange))
        self._all.sort(key=lambda each: each[0])
        for (run, _), _, key, exchange in self._all:
            self._by_run[run].setdefault(key, collections.deque()).append(exchange)
        self._first_run = min(self._by_run, default=1)

    @staticmethod
    def _response_of(exchange):
        response = exchange["response"]
        body = encoded(_read(response["body"]), response.get("coding"))
        return Response(response["status"], response.get("reason", ""), response.get("headers", []), body)

    def _missing(self, asked):
        text = f"--replay: no recorded exchange for {asked.method} {_cut(asked.url)}"
        if asked.body:
            text += f" with the body {_cut(asked.body)}"
        same = [number for _, number, key, _ in self._all if key == asked.key()]
        if same:
            return f"{text}: all {len(same)} of this request are used, the last in line {same[-1]} of {self._path}"
        nearest = self._nearest(asked)
        if nearest is None:
            return f"{text}: {self._path} has none at all"
        number, (method, url, body) = nearest
        text += f"; the nearest is {method} {_cut(url)} in line {number} of {self._path}"
        if (method, url) == (asked.method, asked.url):
            text += f", with the body {_cut(body)}" if body else ", without a body"
        return text

    def _nearest(self, asked):
        matcher = difflib.SequenceMatcher(b=asked.url, autojunk=False)
        best, nearest = -1.0, None
        for _, number, (method, url, body), _ in self._all[:_CANDIDATES_MAX]:
            matcher.set_seq1(url)
            same = (method == asked.method) + 2 * (url.partition("?")[0] == asked.url.partition("?")[0])
            if same + matcher.quick_ratio() > best and same + matcher.ratio() > best:
                best, nearest = same + matcher.ratio(), (number, (method, url, body))
        return nearest


def _cut(text):
    text = text if isinstance(text, str) else text.decode("utf-8", "backslashreplace")
    return text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX - 3] + "..."


def install(settings):
    """Begins to record or to replay, as the order has it; close() of the result ends it."""
    from . import _http_hooks, _httpx_hooks
    from ._secrets import Secrets

    secrets = Secrets(settings["secrets"], settings["words"])
    kind = Recorder if settings["mode"] == "record" else Replay
    log = kind(settings["file"], settings["run"], secrets)
    _http_hooks.install(log)
    _httpx_hooks.install(log)
    return log
