"""Requests and answers as both engines' sides exchange them with the imposter, and their canonical form."""
import base64
import dataclasses
import hashlib
import json
import urllib.parse

# What transports add by themselves.
_TRANSPORT_HEADERS = {"user-agent", "accept-encoding", "connection", "content-length", "host", "keep-alive",
                      "transfer-encoding", "expect", "cookie", "te", "upgrade"}


@dataclasses.dataclass
class Request:
    method: str
    url: str
    headers: dict
    body: bytes = b""

    def split(self):
        return urllib.parse.urlsplit(self.url)

    def address(self):
        """The URL without query and fragment, with percent-encoding undone."""
        parts = self.split()
        path = urllib.parse.unquote(parts.path) or "/"
        return f"{parts.scheme.lower()}://{_host(parts)}{path}"

    def query(self):
        return urllib.parse.parse_qsl(self.split().query, keep_blank_values=True)

    def header(self, name):
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def json(self):
        try:
            return json.loads(self.body) if self.body else None
        except (ValueError, UnicodeDecodeError):
            return None

    def form(self):
        text = self.body.decode("utf-8", "replace")
        return urllib.parse.parse_qsl(text, keep_blank_values=True) if self.json() is None else []


@dataclasses.dataclass
class Response:
    status: int
    headers: dict
    body: bytes


def _host(parts):
    host = (parts.hostname or "").lower()
    default = {"https": 443, "http": 80}.get(parts.scheme.lower())
    try:
        port = parts.port
    except ValueError:
        port = None
    return host if port in (None, default) else f"{host}:{port}"


def canonical(request):
    """Returns the request without what transports add and without order where order has no meaning."""
    headers = {}
    for name, value in request.headers.items():
        name = name.lower()
        if name in _TRANSPORT_HEADERS or (name == "accept" and value == "*/*"):
            continue
        headers[name] = _without_signature(value) if name == "authorization" else value
    if "content-type" in headers:
        kind, _, rest = headers["content-type"].partition(";")
        headers["content-type"] = kind.strip().lower()
        if "charset" not in rest and rest.strip():
            headers["content-type"] += ";" + rest.strip()
    return {"method": request.method.upper(), "url": request.address(), "query": sorted(map(list, request.query())),
            "headers": dict(sorted(headers.items())), "body": _canonical_body(request)}


def _canonical_body(request):
    if not request.body:
        return None
    parsed = request.json()
    if parsed is not None:
        return {"json": parsed}
    if "form" in (request.header("content-type") or ""):
        return {"form": sorted(map(list, request.form()))}
    return {"text": request.body.decode("utf-8", "replace")}


def _without_signature(value):
    """A JWT as its claims: signatures of some kinds differ each time."""
    scheme, _, token = value.rpartition(" ")
    parts = token.split(".")
    if len(parts) != 3:
        return value
    try:
        decoded = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2]]
    except ValueError:
        return value
    return f"{scheme} JWT {json.dumps(decoded, sort_keys=True)}"


def text_of(value):
    """The canonical text of a JSON value; numbers that are equal are the same."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value):
    if isinstance(value, float) and value.is_integer() and abs(value) < 2 ** 53:
        return int(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def digest(text):
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
