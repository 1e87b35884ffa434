"""A valid configuration from a manifest's spec: what it requires and what the stream's templates read."""
import datetime as clock
import re

import instants
import manifest as manifests
import templates
import text_pattern

_DATE_NAMES = re.compile(r"(start|begin|from|since|end|until|to)_?(date|time|datetime|day)|date|startdate", re.I)
_ADDRESS = re.compile(r"https?://(?!https?[/:])[\w.-]+\.[a-z]+(:\d+)?(/(?!/).*)?", re.I)
_DEFAULT_STEPS = clock.timedelta(days=30)
WINDOWS_MAX = 12


def spec_schema(manifest):
    spec = manifest.get("spec") if isinstance(manifest.get("spec"), dict) else {}
    schema = spec.get("connection_specification") or spec.get("connectionSpecification")
    return schema if isinstance(schema, dict) else {}


def config_for(manifest, stream, now, variant=0):
    """Returns the configuration to read `stream` with. `variant` picks among alternatives of the spec."""
    return _Generator(manifest, stream, now, variant).config()


def window_start(stream, now):
    """Returns where to begin so that the cursors of the stream and its parents get two windows."""
    steps = []
    for part in manifests.walk(stream):
        if part.get("type") == "DatetimeBasedCursor":
            step = part.get("step")
            length = instants.duration_of(step) if isinstance(step, str) else None
            if length:
                steps.append(length)
    if not steps:
        return _whole(now - _DEFAULT_STEPS)
    length = min(max(steps) * 1.5, min(steps) * (WINDOWS_MAX - 2))
    length = min(max(length, min(steps) * 1.5, clock.timedelta(days=2)), clock.timedelta(days=3650))
    return _whole(now - length)


def _list(node):
    return node if isinstance(node, list) else []


def _texts(node):
    return [item for item in _list(node) if isinstance(item, str)]


def _members(node):
    return node.items() if isinstance(node, dict) else ()


def _whole(instant):
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


class _Generator:
    def __init__(self, manifest, stream, now, variant):
        self._schema = spec_schema(manifest)
        self._variant = variant
        self._now = now
        self._start = window_start(stream, now)
        self._texts = [text for part in (stream, manifest.get("check"), manifest.get("spec")) for text in manifests.texts(part) if "config" in text]
        self._read = {path[:i + 1] for text in self._texts for path in templates.paths(text, "config")
                      for i in range(len(path))}
        self._bounds = self._bound_fields(stream)
        self._bare = {path for text in self._texts if re.fullmatch(r"\s*\{\{[^|}]*\}\}\s*", text)
                      and not re.search(r"\b(or|if|else)\b|\.get\(", text)
                      for path in templates.paths(text, "config")}
        self._addresses = list(dict.fromkeys(
            str(part[key]) for part in manifests.walk(stream)
            for key in ("url", "url_base", "token_refresh_endpoint") if templates.is_template(part.get(key))))

    def config(self):
        return self._object(self._schema, ())

    def _bound_fields(self, stream):
        """Returns the fields that begin or end a cursor's range, each with its role and likely formats."""
        fields = {}
        for part in manifests.walk(stream):
            for key in ("start_datetime", "end_datetime"):
                bound = part.get(key)
                texts = [bound] if isinstance(bound, str) else list(manifests.texts(bound))
                forms = [part.get("datetime_format")] if part.get("datetime_format") else []
                if isinstance(bound, dict):
                    forms = [bound["datetime_format"]] if bound.get("datetime_format") else forms
                for text in texts:
                    for path in templates.paths(text, "config"):
                        fields.setdefault(path, (key, forms))
        return fields

    def _object(self, schema, path):
        made = {}
        required = set(_texts(schema.get("required")))
        for name, field in _members(schema.get("properties")):
            here = path + (name,)
            if isinstance(field, dict) and (name in required or here in self._read or "const" in field):
                role = self._bounds.get(here, ("", ()))[0]
                if role == "end_datetime" and name not in required and here not in self._bare:
                    continue
                if "enum" in field and field.get("type") == "array" and name not in required:
                    continue  # A list is never one of the listed texts.
                made[name] = self._value(field, here)
        branch = self._branch(schema)
        if branch:
            made.update(self._object(branch, path))
        return made

    def _branch(self, schema):
        branches = _list(schema.get("oneOf")) or _list(schema.get("anyOf"))
        branches = [branch for branch in branches if isinstance(branch, dict)]
        return branches[self._variant % len(branches)] if branches else None

    def _value(self, schema, path):
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type")
        kind = next((k for k in kind if k != "null"), "string") if isinstance(kind, list) else kind
        branch = self._branch(schema)
        if branch and kind != "string" and "properties" not in branch and "const" not in branch and kind != "object":
            return self._value({**schema, **branch, "oneOf": None, "anyOf": None}, path)
        if _list(schema.get("enum")):
            return schema["enum"][0]
        if kind == "object" or (kind is None and (schema.get("properties") or branch)):
            return self._object(schema, path)
        if kind in ("integer", "number"):
            forms = [form for form in self._bounds.get(path, ("", ()))[1] if form in ("%s", "%ms")]
            return self._instant_number(path, forms[0]) if forms else self._number(schema, kind)
        if kind == "boolean":
            return bool(schema.get("default", False))
        if kind == "array":
            return self._array(schema, path)
        return self._text(schema, path)

    def _instant_number(self, path, form):
        is_end = self._bounds[path][0] == "end_datetime"
        return int(instants.text_of(_whole(self._now) if is_end else self._start, form))

    @staticmethod
    def _number(schema, kind):
        for given in (schema.get("default"), *_list(schema.get("examples"))):
            if isinstance(given, (int, float)) and not isinstance(given, bool):
                return given
        least, most = schema.get("minimum"), schema.get("maximum")
        value = max(10, least or 0)
        value = min(value, most) if most is not None else value
        return int(value) if kind == "integer" else value

    def _array(self, schema, path):
        given = schema.get("default")
        if isinstance(given, list) and given:
            return given
        items = schema.get("items")
        count = max(schema.get("minItems") or 1, 1)
        element = self._value(items, path + (0,)) if isinstance(items, dict) else "sample"
        return [element] * count

    def _text(self, schema, path):
        def accepts(text):
            try:
                return not schema.get("pattern") or bool(re.search(schema["pattern"], text))
            except (re.error, TypeError):
                return True

        if self._is_instant(schema, path, accepts):
            form = self._instant_form(schema, path, accepts)
            if form:
                role = self._bounds.get(path, ("", ()))[0]
                is_end = role == "end_datetime" or (not role and re.match(r"(end|to|until)_", str(path[-1])))
                return instants.text_of(_whole(self._now) if is_end else self._start, form)
        examples = _list(schema.get("examples")) if schema.get("pattern") else []
        for candidate in (schema.get("default"), *examples, self._address(path)):
            if isinstance(candidate, str) and candidate and accepts(candidate):
                return candidate
        if schema.get("pattern"):
            return text_pattern.sample(schema["pattern"]) or "sample"
        if schema.get("format") in ("uri", "url"):
            return "https://sample.example.com"
        return f"sample-{path[-1]}"

    def _is_instant(self, schema, path, accepts):
        if path in self._bounds or schema.get("format") in ("date", "date-time"):
            return True
        examples = _texts(schema.get("examples"))
        if schema.get("pattern"):
            return not accepts("sample") and instants.common_form(accepts) is not None
        return bool(_DATE_NAMES.search(str(path[-1]))) and bool(examples) and bool(instants.form_of(examples[0]))

    def _instant_form(self, schema, path, accepts):
        if schema.get("pattern"):
            preferred = self._bounds.get(path, ("", ()))[1]
            return instants.common_form(accepts, preferred)
        if schema.get("format") == "date":
            return "%Y-%m-%d"
        if schema.get("format") == "date-time":
            return "%Y-%m-%dT%H:%M:%SZ"
        for form in self._bounds.get(path, ("", ()))[1]:
            return form
        for example in _list(schema.get("examples")):
            form = instants.form_of(str(example))
            if form:
                return form
        return "%Y-%m-%dT%H:%M:%SZ"

    def _address(self, path):
        """Returns a text that makes the addresses well formed in which templates use the field."""
        for candidate in ("sample", "sample.example.com", "https://sample.example.com",
                          "https://sample.example.com/"):
            config = _Anything({})
            target = config
            for key in path[:-1]:
                target[key] = target = _Anything({})
            target[path[-1]] = candidate
            made = [templates.static_text(text, config) for text in self._addresses
                    if path in templates.paths(text, "config")]
            if made and all(text and _ADDRESS.fullmatch(text.strip()) for text in made):
                return candidate if candidate != "sample" else None
        return None


class _Anything(dict):
    """A configuration in which every field has a value."""

    def __missing__(self, key):
        return "sample"

    def get(self, key, default=None):
        return dict.get(self, key, "sample")
