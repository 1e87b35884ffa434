"""What the imposter has to know of a stream: its addresses, and what its records must look like."""
import dataclasses
import re

import manifest as manifests
import templates

_ANY = r"[^?#]*?"


@dataclasses.dataclass
class Shape:
    """A stream's records: their schema, and the fields that something reads."""
    name: str
    schema: dict
    cursor: dict
    is_target: bool
    partitioned: bool
    needs: dict = dataclasses.field(default_factory=dict)  # Path → "id", "cursor" or "value".
    flattened: list = dataclasses.field(default_factory=list)  # Paths of objects whose fields move up.

    def need(self, path, kind):
        path = tuple(path)
        if not path or any(isinstance(key, str) and (templates.is_template(key) or key == "*") for key in path):
            return
        rank = {"value": 0, "id": 1, "cursor": 2}
        if rank[kind] >= rank[self.needs.get(path, "value")]:
            self.needs[path] = kind

    def field(self, path):
        """Returns the schema of the field at a path, or None."""
        schema = self.schema
        for key in path:
            properties = schema.get("properties") if isinstance(schema, dict) else None
            if isinstance(key, int):
                schema = schema.get("items") if isinstance(schema, dict) else None
            else:
                schema = properties.get(key) if isinstance(properties, dict) else None
        return schema if isinstance(schema, dict) else None


@dataclasses.dataclass
class Endpoint:
    """One address of the API, and what is answered there."""
    role: str  # records, token, login, creation, polling or download
    shape: Shape
    requester: dict
    component: dict  # The retriever or authenticator that it belongs to.
    method: str
    pattern: re.Pattern
    literal_length: int
    constants: list  # (place, name, text): what each request to it carries.


def endpoints_of(stream, config):
    """Returns the endpoints that reading a stream may ask."""
    found = []
    _Collector(config, found).stream(stream, True)
    return found


class _Collector:
    def __init__(self, config, found):
        self._config = config
        self._found = found

    def stream(self, stream, is_target, wanted=()):
        for key in ("full_refresh_stream", "incremental_stream"):
            if stream.get("type") == "StateDelegatingStream" and isinstance(stream.get(key), dict):
                self.stream(stream[key], is_target, wanted)
        retriever = stream.get("retriever")
        if not isinstance(retriever, dict):
            return
        shape = _shape_of(stream, retriever, is_target)
        for path in wanted:
            shape.need(path, "id")
        self._retriever(retriever, shape)
        for router in _routers(retriever.get("partition_router")):
            self._parents(router, stream)
        for loader in _as_list(stream.get("schema_loader")):
            inner = loader.get("retriever") if isinstance(loader, dict) else None
            if isinstance(inner, dict):
                self._retriever(inner, _schema_shape(loader, inner))

    def _parents(self, router, child):
        for parent in _as_list(router.get("parent_stream_configs")):
            stream = parent.get("stream") if isinstance(parent, dict) else None
            if not isinstance(stream, dict):
                continue
            key = templates.static_text(str(parent.get("parent_key") or ""), self._config, parent.get("$parameters"))
            wanted = [tuple(part for part in (key or "").split("/") if part)]
            wanted += [wanted[0] + path for path in _inner_paths(child, parent.get("partition_field"))]
            wanted += [tuple(path) for path in _as_list(parent.get("extra_fields")) if isinstance(path, list)]
            self.stream(stream, False, [path for path in wanted if path])

    def retriever(self, retriever, shape):
        self._retriever(retriever, shape)

    def _retriever(self, retriever, shape):
        if retriever.get("type") == "AsyncRetriever":
            roles = {"creation_requester": "creation", "polling_requester": "polling",
                     "download_target_requester": "polling", "url_requester": "polling",
                     "download_requester": "download", "abort_requester": "other", "delete_requester": "other"}
        else:
            roles = {"requester": "records"}
        for key, role in roles.items():
            if isinstance(retriever.get(key), dict):
                self._requester(role, retriever[key], retriever, shape)

    def _requester(self, role, requester, component, shape):
        self._add(role, shape, requester, component, requester.get("url") or requester.get("url_base") or "",
                  requester.get("path") or "", requester.get("http_method") or "GET")
        for part in manifests.walk(requester.get("authenticator")):
            if part.get("type") == "OAuthAuthenticator" and part.get("token_refresh_endpoint"):
                self._add("token", shape, {}, part, part["token_refresh_endpoint"], "", "POST")
            if isinstance(part.get("login_requester"), dict):
                self._requester("login", part["login_requester"], part, shape)
            if part.get("type") == "LegacySessionTokenAuthenticator":
                for key, method in (("login_url", "POST"), ("validate_session_url", "GET")):
                    self._add("login", shape, {}, part, requester.get("url_base") or "", part.get(key) or "", method)
        for part in manifests.walk({k: v for k, v in requester.items() if k != "authenticator"}):
            if isinstance(part.get("retriever"), dict) and part["retriever"].get("requester"):
                self._retriever(part["retriever"], shape)

    def _add(self, role, shape, requester, component, base, path, method):
        parameters = requester.get("$parameters") or component.get("$parameters")
        address = self._pattern(base, parameters).rstrip("/")
        rest = self._pattern(path, parameters)
        if re.match("https?:", rest) or not address:
            address = rest
        elif rest:
            address += "/" + rest.lstrip("/")
        address = single_slashes(address).rstrip("/")
        literal = address.replace(_ANY, "")
        constants = [(place, name, text) for place in ("request_parameters", "request_headers", "request_body_json",
                                                       "request_body_data", "request_body")
                     for name, text in _leaves(requester.get(place))]
        constants = [(place, name, templates.static_text(text, self._config, parameters))
                     for place, name, text in constants]
        query = str(path).partition("?")[2].split("{{")[0]
        if query:
            constants.append(("url", "", query))
        self._found.append(Endpoint(role, shape, requester, component, str(method).upper(),
                                    re.compile(address + "/?", re.S), len(literal), constants))

    def _pattern(self, text, parameters):
        if not templates.is_template(text):
            return _literal(str(text))
        known = templates.static_text(text, self._config, parameters)
        if known is not None:
            return _literal(known)
        if "{%" in text:
            return _ANY
        parts = re.split(r"(\{\{.*?\}\})", text, flags=re.S)
        made = []
        for part in parts:
            inner = templates.static_text(part, self._config, parameters) if part.startswith("{{") else part
            made.append(_ANY if inner is None else re.escape(inner))
        return "".join(made).split(r"\?")[0]


def single_slashes(address):
    """Returns an address without the empty parts that careless templates leave in it."""
    return re.sub("(?<!:)//+", "/", address)


def _literal(text):
    return re.escape(text.strip().split("?")[0])


def _leaves(node, name=""):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, str(key))
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, name)
    elif node is not None:
        yield name, str(node)


def _as_list(node):
    return node if isinstance(node, list) else [node] if node is not None else []


def _inner_paths(child, field):
    """Returns the paths inside a partition's value that a stream reads: the value is an object then."""
    texts = [text for text in manifests.texts(child) if str(field) in text]
    return [path[1:] for text in texts for root in ("stream_partition", "stream_slice", "stream_interval")
            for path in templates.paths(text, root) if path[0] == field and len(path) > 1]


def _routers(node):
    for router in _as_list(node):
        if isinstance(router, dict):
            yield router
            yield from _routers(router.get("underlying_partition_router"))
            yield from _routers(router.get("partition_routers"))


def _schemas(loader):
    schema = {"properties": {}}
    for part in _as_list(loader):
        found = part.get("schema") if isinstance(part, dict) else None
        if isinstance(found, dict):
            schema = {**schema, **found, "properties": {**schema["properties"], **(found.get("properties") or {})}}
    return schema


def _shape_of(stream, retriever, is_target):
    cursor = stream.get("incremental_sync") if isinstance(stream.get("incremental_sync"), dict) else {}
    shape = Shape(str(stream.get("name")), _schemas(stream.get("schema_loader")), cursor, is_target,
                  bool(retriever.get("partition_router")))
    key = stream.get("primary_key")
    for part in _as_list(key):
        shape.need(tuple(_as_list(part)), "id")
    if cursor.get("cursor_field"):
        shape.need((str(cursor["cursor_field"]),), "cursor")
    _note_transformations(stream, retriever, shape)
    for text in manifests.texts(retriever.get("paginator")):
        for path in templates.paths(text, "last_record"):
            shape.need(path, "value")
    return shape


def _note_transformations(stream, retriever, shape):
    cursor_field = (str(shape.cursor.get("cursor_field")),)
    selector = retriever.get("record_selector") or {}
    for part in _as_list(stream.get("transformations")):
        if not isinstance(part, dict):
            continue
        if part.get("type") == "DpathFlattenFields":
            shape.flattened.append(tuple(map(str, _as_list(part.get("field_path")))))
        for field in _as_list(part.get("fields")):
            target = tuple(map(str, _as_list(field.get("path")))) if isinstance(field, dict) else ()
            for text in manifests.texts(field.get("value") if isinstance(field, dict) else None):
                for path in templates.paths(text, "record"):
                    shape.need(path, "cursor" if target == cursor_field else "value")
    for text in manifests.texts(selector.get("record_filter")):
        for path in templates.paths(text, "record"):
            shape.need(path, "value")


def _schema_shape(loader, retriever):
    """The records that a dynamic schema is made from: each describes a field of the stream."""
    shape = Shape("schema", {}, {}, False, False)
    identifier = loader.get("schema_type_identifier") or {}
    for key in ("key_pointer", "type_pointer"):
        shape.need(tuple(_as_list(identifier.get(key))), "value")
    for part in manifests.texts(retriever):
        for path in templates.paths(part, "record"):
            shape.need(path, "value")
    return shape
