"""Records and replays what goes through http.client: urllib, requests, urllib3 and all that build upon them, TLS or not."""
import http.client
import io
import os
import socket

from ._exchanges import Request, Response, header

_BLOCK_BYTES = 64 * 1024


def install(log):
    connection = http.client.HTTPConnection
    plain = {name: getattr(connection, name) for name in ("putrequest", "send", "getresponse")}

    def putrequest(self, method, url, *arguments, **keywords):
        self._tendril_target = (method, url)
        self._tendril_sent = bytearray()
        return plain["putrequest"](self, method, url, *arguments, **keywords)

    def send(self, data):
        sent = getattr(self, "_tendril_sent", None)
        if sent is None or isinstance(data, str):
            return plain["send"](self, data)
        if self.sock is None and self.auto_open:
            self._tendril_sent = None  # What a proxy is told on the way is no part of the exchange.
            self.connect()
            self._tendril_sent = sent
        for block in _blocks(data):
            sent += block
            if not log.replays:
                plain["send"](self, block)
        return None

    def getresponse(self):  # Takes what the plain one takes: older urllib3 tries others, and catches the TypeError.
        sent = getattr(self, "_tendril_sent", None)
        if sent is None:
            return plain["getresponse"](self)
        self._tendril_sent = None
        request = _request_of(self, bytes(sent))
        if log.replays:
            self.sock.answer_with(_raw(log.answer(request), request.method))
            return plain["getresponse"](self)
        number = log.begin()
        try:
            response = plain["getresponse"](self)
        except BaseException:
            log.drop(number)
            raise
        tee = _Tee(response, log, number, request)
        log.answered(number, tee.finish)
        if response.fp is None:
            tee.finish()
        else:
            response.fp = tee
        return response

    connection.putrequest, connection.send, connection.getresponse = putrequest, send, getresponse
    if log.replays:
        _connect_to_nothing(connection)
        _close_the_network(log)


def _blocks(data):
    if hasattr(data, "read"):
        while True:
            block = data.read(_BLOCK_BYTES)
            if not block:
                return
            yield block.encode("iso-8859-1") if isinstance(block, str) else block
    elif isinstance(data, (bytes, bytearray)):
        yield data
    else:
        try:
            yield bytes(memoryview(data))
        except TypeError:
            yield from data


def _request_of(connection, sent):
    method, target = connection._tendril_target
    head, _, body = sent.partition(b"\r\n\r\n")
    lines = head.decode("iso-8859-1").split("\r\n")[1:]
    headers = [[name, value.strip()] for name, _, value in (line.partition(":") for line in lines)]
    if "chunked" in header(headers, "transfer-encoding").lower():
        body = _without_chunks(body)
    return Request(method, _url(connection, target), headers, body)


def _url(connection, target):
    if "://" in target:
        return target
    tunnel = getattr(connection, "_tunnel_host", None)
    host = tunnel or connection.host
    port = (connection._tunnel_port if tunnel else connection.port) or connection.default_port
    secure = bool(tunnel) or connection.default_port == http.client.HTTPS_PORT
    host = f"[{host}]" if ":" in host else host
    usual = http.client.HTTPS_PORT if secure else http.client.HTTP_PORT
    return f"{'https' if secure else 'http'}://{host}{'' if port == usual else f':{port}'}{target}"


def _without_chunks(body):
    parts, at = [], 0
    while True:
        end = body.find(b"\r\n", at)
        try:
            size = int(body[at:end].split(b";")[0], 16) if end >= 0 else 0
        except ValueError:
            size = 0
        if size <= 0:
            return b"".join(parts)
        parts.append(body[end + 2:end + 2 + size])
        at = end + 2 + size + 2


def _raw(response, method):
    """The answer as it comes through a socket."""
    chunked = "chunked" in header(response.headers, "transfer-encoding").lower()
    bodiless = method == "HEAD" or response.status in (204, 304) or response.status < 200
    lines = [f"HTTP/1.1 {response.status} {response.reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers if bodiless or name.lower() != "content-length"]
    body = response.body
    if bodiless:
        body = b""
    elif chunked:
        body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    else:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("iso-8859-1", "replace") + body


class _Tee:
    """Keeps what is read of an answer; at its end the exchange is whole."""

    def __init__(self, response, log, number, request):
        self._file = response.fp
        self._kept = bytearray()
        self._log = log
        self._number = number
        self._request = request
        self._chunked = bool(response.chunked)
        self._answer = Response(response.status, response.reason,
                                [[name, value] for name, value in response.headers.items()], b"")

    def _take(self, read, *arguments):
        try:
            part = read(*arguments)
        except BaseException:
            self._log.drop(self._number)  # The next try will be the exchange.
            raise
        self._kept += part
        return part

    def read(self, *arguments):
        return self._take(self._file.read, *arguments)

    def read1(self, *arguments):
        return self._take(self._file.read1, *arguments)

    def readline(self, *arguments):
        return self._take(self._file.readline, *arguments)

    def readinto(self, buffer):
        part = self._take(self._file.read, len(memoryview(buffer).cast("B")))
        memoryview(buffer).cast("B")[:len(part)] = part
        return len(part)

    def close(self):
        self.finish()
        self._file.close()

    def finish(self):
        body = bytes(self._kept)
        self._answer.body = _without_chunks(body) if self._chunked else body
        self._log.end(self._number, self._request, self._answer)

    def __getattr__(self, name):
        return getattr(self._file, name)


class _NoSocket:
    """Stands for the connection in a replay."""

    def __init__(self):
        self._answer = b""
        self._ends = os.pipe()  # For those who look whether something has come: nothing ever does.

    def answer_with(self, raw):
        self._answer = raw

    def makefile(self, *_, **__):
        return io.BufferedReader(io.BytesIO(self._answer))

    def fileno(self):
        return self._ends[0]

    def gettimeout(self):
        return None

    def getpeercert(self, *_):
        return {}

    def _nothing(self, *_, **__):
        return None

    settimeout = setsockopt = shutdown = sendall = setblocking = selected_alpn_protocol = _nothing

    def close(self):
        for end in self._ends:
            if end >= 0:
                os.close(end)
        self._ends = (-1, -1)

    __del__ = close


def _connect_to_nothing(connection):
    """No connection is made by any kind of it, known now or later."""

    def connect(self):
        self.sock = _NoSocket()
        self.is_verified = True  # What urllib3 asks of a connection with TLS.

    def take(kind):
        if "connect" in vars(kind):
            kind.connect = connect
        for each in kind.__subclasses__():
            take(each)

    def init_subclass(kind, **keywords):
        super(connection, kind).__init_subclass__(**keywords)
        take(kind)

    take(connection)
    connection.__init_subclass__ = classmethod(init_subclass)


def _close_the_network(log):
    plain = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}

    def refused(address):
        return log.fail(f"--replay: the connector opens a connection of its own, to {address}: recordings hold what goes "
                        "through http.client (urllib, requests, urllib3) or httpx")

    def guarded(name):
        def call(self, *arguments):
            if self.family in (socket.AF_INET, socket.AF_INET6):
                raise refused(arguments[-1])
            return plain[name](self, *arguments)
        return call

    for name in plain:
        setattr(socket.socket, name, guarded(name))
    look_up = socket.getaddrinfo

    def getaddrinfo(host, port, *arguments, **keywords):
        if host not in (None, "", "localhost", socket.gethostname()) and not _is_number(host):
            raise refused((host, port))
        return look_up(host, port, *arguments, **keywords)

    socket.getaddrinfo = getaddrinfo


def _is_number(host):
    host = host.decode() if isinstance(host, bytes) else host
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host.partition("%")[0])
            return True
        except OSError:
            pass
    return False
