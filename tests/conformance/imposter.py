"""The vendor's API, made up from a stream's manifest: answers every request, always the same way."""
import collections
import csv
import datetime as clock
import gzip
import io
import json
import threading
import urllib.parse
import zipfile
from xml.sax.saxutils import escape

import filters
import instants
import records
import shapes
import templates
import web
from paging import Pages, without_marks
from windows import Windows

REPEATS_MAX = 6  # Of one request; then its pages end, for manifests whose page token goes nowhere.
REQUESTS_MAX = 3000  # Then an engine is going round in circles.


class Imposter:
    """One run's API. Threads: safe to share."""

    def __init__(self, stream, config, now, faults=()):
        self._config = config
        self._now = now
        self._lock = threading.Lock()
        self._endpoints = shapes.endpoints_of(stream, config)
        self._pages = {}
        self._windows = {}
        self._faults = dict(faults)  # Digest of a request → the status of its first answer.
        self._repeats = collections.Counter()
        self.log = []  # Canonical requests, in order of arrival.
        self.unknown = 0

    def answer(self, request):
        """Returns the response to a request and writes the request down."""
        with self._lock:
            text = web.text_of(web.canonical(request))
            self.log.append(text)
            self._repeats[text] += 1
            if len(self.log) > REQUESTS_MAX:
                return _json(400, {"error": "too many requests"})
            status = self._faults.pop(web.digest(text), None)
            if status is not None:
                return _json(status, {"error": {"message": "made up"}}, {"Retry-After": "1"})
            return self._answer(request)

    def _answer(self, request):
        endpoint = self._endpoint(request)
        if endpoint is None:
            self.unknown += 1
            return _json(404, {"error": "there is nothing here"})
        if endpoint.role == "token":
            return _json(200, _token_answer(endpoint.component, self._now))
        if endpoint.role == "login":
            return _json(200, _login_answer(endpoint.component))
        if endpoint.role in ("creation", "polling", "other"):
            return _json(200, _job_answer(endpoint, request))
        return self._records(endpoint, request)

    def _endpoint(self, request):
        address = request.address()
        best, best_rank = None, None
        for endpoint in self._endpoints:
            if not endpoint.pattern.fullmatch(shapes.single_slashes(address)):
                continue
            rank = (endpoint.method == request.method.upper(), endpoint.literal_length,
                    _constants_found(endpoint, request), endpoint.shape.is_target)
            if best is None or rank > best_rank:
                best, best_rank = endpoint, rank
        return best

    def _records(self, endpoint, request):
        key = id(endpoint)
        if key not in self._pages:
            self._pages[key] = Pages(endpoint, self._config)
            self._windows[key] = Windows(endpoint, self._config, self._now)
        pages, windows = self._pages[key], self._windows[key]
        values = _values(request)
        seed = _slice_seed(endpoint, request, pages.slots)
        sizes = pages.sizes(seed)
        page = pages.page_of(request, values, sizes)
        if self._repeats[self.log[-1]] > REPEATS_MAX and pages.kind != "none":
            page = len(sizes) + 1
        low, high = windows.asked_for(request, values)
        maker = _Maker(endpoint, self._config, seed, page, windows.spread(low, high))
        if endpoint.role == "records" and pages.kind == "cursor":
            url = request.url.split("#")[0]
            url = _without_page(url, pages.slots)
            document, headers = pages.finish(maker.build, page, sizes, url)
        else:
            document, headers = maker.build(sizes[page - 1] if 1 <= page <= len(sizes) else 0, False)[0], {}
        return _encoded(document, maker.decoder, headers)


def _without_page(url, slots):
    base, _, query = url.partition("?")
    kept = [part for part in query.split("&") if part and part.split("=")[0] not in slots
            and not part.startswith("next_page_mark=")]
    return base + ("?" + "&".join(kept) if kept else "")


def _values(request):
    """Returns all named values of a request: query, headers and body."""
    found = [(name, value) for name, value in request.query()]
    found += [(name, value) for name, value in request.form()]
    found += list(shapes._leaves(request.json()))
    return found + list(request.headers.items())


def _slice_seed(endpoint, request, slots):
    query = sorted((name, value) for name, value in request.query()
                   if name not in slots and name != "next_page_mark")
    body = web.text_of(request.json()) if request.json() is not None else request.body.decode("utf-8", "replace")
    if slots:
        for name, value in list(shapes._leaves(request.json())) + request.form():
            body = body.replace(str(value), "") if name in slots and value else body
            body = body.replace(f'"{name}":', "").replace(f"{name}=", "") if name in slots else body
    return without_marks(f"{endpoint.shape.name} {request.address()} {query} {body}")


def _constants_found(endpoint, request):
    """Returns how many of the fixed parts of an endpoint's requests are in this one, less the missing ones."""
    values = {(name, value) for name, value in _values(request)}
    body = request.body.decode("utf-8", "replace")
    score = 0
    for place, name, text in endpoint.constants:
        if place == "url":
            score += 5 if text in urllib.parse.unquote(request.url) else -5
        elif text:
            score += 1 if (name, text) in values or (len(text) > 8 and text[:40] in body) else -1
    return score


class _Maker:
    """Makes the answers of one slice and page."""

    def __init__(self, endpoint, config, seed, page, spread):
        self._shape = endpoint.shape
        self._seed = (seed, page)
        self._spread = spread
        retriever = endpoint.component
        parameters = retriever.get("$parameters")
        selector = retriever.get("record_selector") or {}
        extractor = selector.get("extractor") or {}
        path = extractor.get("field_path")
        path = path if isinstance(path, list) else [path] if path else []
        self._wanted = filters.passing_values(selector.get("record_filter"), config)
        self._path = [templates.static_text(str(part), config, parameters) or "data" for part in path]
        self.decoder = retriever.get("download_decoder" if endpoint.role == "download" else "decoder") or {}
        strategy = (retriever.get("paginator") or {}).get("pagination_strategy") or {}
        depth = len(self._path)
        self._is_single = any(
            len(where) > depth and list(where[:depth]) == self._path and isinstance(where[depth], str)
            for text in (strategy.get("cursor_value"), strategy.get("stop_condition"))
            for where in templates.paths(str(text), "response"))

    def build(self, count, drop):
        """Returns an answer with so many records, and the records. `drop`: without where they would be."""
        made = [self._record(index, count) for index in range(count)]
        if drop and self._path:
            return {}, []
        if self._is_single:
            return _wrapped(self._path, made[0] if made else {}), made[:1]
        if not self._path:
            return made, made
        if "*" not in self._path:
            return _wrapped(self._path, made), made
        star = self._path.index("*")
        each = [_wrapped(self._path[star + 1:], record) for record in made]
        return _wrapped(self._path[:star], each), made

    def _record(self, index, count):
        shape = self._shape
        moment = self._spread(index, count)
        fixed = {}
        for path, kind in shape.needs.items():
            if any(other != path and other[:len(path)] == path for other in shape.needs):
                continue
            fixed[path] = self._needed(path, kind, index, moment)
        for prefix in shape.flattened:
            if prefix and "*" not in prefix:
                for path in [path for path, kind in shape.needs.items() if kind in ("id", "cursor")]:
                    fixed[prefix + path] = fixed.get(path)
        if index % 2 == 0:
            fixed.update(self._wanted)
        schema = shape.schema if index < 8 else {}
        made = records.record(schema, self._seed, index, fixed)
        made = made or {"number": index}  # The reference takes an empty record for the end.
        if index == 0 and shape.is_target:
            made["undeclared_field"] = {"a": [1, None, 2.5, "é"]}
        return made

    def _needed(self, path, kind, index, moment):
        field = self._shape.field(path)
        declared = records.kind_of(field)[0] if field else None
        if kind == "cursor" and moment is not None:
            return moment(declared)
        number = records.number_of(*self._seed, index, *path)
        if kind == "id" and not (field or {}).get("format") and declared not in ("object", "array"):
            return number % 10 ** 9 if declared in ("integer", "number") else f"id{number:x}"
        if field is not None:
            return records.value(field, (*self._seed, index, *path), 1, True)
        return f"{path[-1]} {number % 1000}"


def _wrapped(path, document):
    for part in reversed(path):
        document = [document] if part == "*" else {part: document}
    return document


def _json(status, document, headers=None):
    return web.Response(status, {"Content-Type": "application/json", **(headers or {})}, records.encoded(document))


def _token_answer(authenticator, now):
    name = authenticator.get("access_token_name") or "access_token"
    form = authenticator.get("token_expiry_date_format")
    expires = instants.text_of(now + clock.timedelta(hours=2), form) if form else 7200
    return {name: "access-1", authenticator.get("expires_in_name") or "expires_in": expires,
            "token_type": "Bearer", "refresh_token": "refresh-2",
            (authenticator.get("refresh_token_updater") or {}).get("refresh_token_name") or "refresh_token": "refresh-2"}


def _login_answer(authenticator):
    document = {}
    path = authenticator.get("session_token_path") or [authenticator.get("session_token_response_key") or "id"]
    records.put(document, tuple(path), "session-1")
    return document


def _job_answer(endpoint, request):
    """The answer of a job that is done as soon as it is asked for."""
    retriever = endpoint.component
    document = {}
    for name in ("creation_response", "polling_response", "response"):
        for text in shapes.manifests.texts(retriever):
            for path in templates.paths(text, name):
                records.put(document, path, "job-1")
    statuses = (retriever.get("status_mapping") or {}).get("completed") or ["completed"]
    extractor = retriever.get("status_extractor") or {}
    if extractor.get("field_path"):
        records.put(document, tuple(extractor["field_path"]), statuses[0])
    target = retriever.get("download_target_extractor") or retriever.get("urls_extractor") or {}
    if target.get("field_path"):
        parts = request.split()
        records.put(document, tuple(target["field_path"]), f"{parts.scheme}://{parts.netloc}/download/1")
    return document


def _encoded(document, decoder, headers):
    kind = decoder.get("type") or "JsonDecoder"
    inner = decoder.get("decoder")
    if kind in ("GzipDecoder", "ZipfileDecoder"):
        response = _encoded(document, inner or {}, headers)
        return _compressed(kind, response)
    content = {"CsvDecoder": "text/csv", "XmlDecoder": "application/xml", "JsonlDecoder": "application/x-ndjson",
               "IterableDecoder": "text/plain"}.get(kind, "application/json")
    if kind == "CsvDecoder":
        body = _csv(document, decoder)
    elif kind == "XmlDecoder":
        body = ('<?xml version="1.0" encoding="UTF-8"?>' + _xml(document)).encode()
    elif kind == "JsonlDecoder":
        body = b"".join(records.encoded(record) + b"\n" for record in _rows(document))
    elif kind == "IterableDecoder":
        body = "".join(f"line {number}\n" for number in range(len(_rows(document)))).encode()
    else:
        body = records.encoded(document)
    return web.Response(200, {"Content-Type": content, **headers}, body)


def _compressed(kind, response):
    if kind == "GzipDecoder":
        return web.Response(200, {**response.headers, "Content-Type": "application/gzip"},
                            gzip.compress(response.body, mtime=0))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("records"), response.body)
    return web.Response(200, {**response.headers, "Content-Type": "application/zip"}, packed.getvalue())


def _rows(document):
    while isinstance(document, dict) and document:
        document = next(iter(document.values()))
    return document if isinstance(document, list) else []


def _csv(document, decoder):
    rows = [row for row in _rows(document) if isinstance(row, dict)]
    names = list(dict.fromkeys(name for row in rows for name, value in row.items()
                               if not isinstance(value, (dict, list))))
    delimiter = (decoder.get("delimiter") or ",").encode().decode("unicode_escape")
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([["" if row.get(name) is None else row.get(name) for name in names] for row in rows])
    return text.getvalue().encode(decoder.get("encoding") or "utf-8", "replace")


def _xml(document, name=None):
    if isinstance(document, list):
        return "".join(_xml(item, name or "item") for item in document)
    if isinstance(document, dict):
        inner = "".join(_xml(value, str(key)) for key, value in document.items())
        document_name = name
    else:
        inner = "" if document is None else escape(json.dumps(document) if isinstance(document, bool) else str(document))
        document_name = name
    if document_name is None:
        return inner
    document_name = "".join(c if c.isalnum() or c in "_-.:" else "_" for c in document_name)
    return f"<{document_name}>{inner}</{document_name}>"


