"""Reads a manifest as its language means it: `$ref` put in place, types inferred, `$parameters` handed down.

Small on purpose and independent of both engines, so that config, imposter and report need neither.
"""
import hashlib
import pathlib

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# The type a component has where it names none; only what this kit looks at.
_INFERRED = {
    "check": "CheckStream", "spec": "Spec", "streams": "DeclarativeStream", "stream": "DeclarativeStream",
    "stream_template": "DeclarativeStream", "retriever": "SimpleRetriever", "requester": "HttpRequester",
    "record_selector": "RecordSelector", "extractor": "DpathExtractor", "paginator": "NoPagination",
    "parent_stream_configs": "ParentStreamConfig", "start_datetime": "MinMaxDatetime",
    "end_datetime": "MinMaxDatetime", "request_option": "RequestOption",
    "page_size_option": "RequestOption", "start_time_option": "RequestOption",
    "end_time_option": "RequestOption", "fields": "AddedFieldDefinition", "record_filter": "RecordFilter",
}


def read(path):
    """Returns the manifest as written, and the hash of its text."""
    text = pathlib.Path(path).read_bytes()
    return yaml.load(text, Loader=_LOADER), hashlib.sha256(text).hexdigest()


def resolve(manifest):
    """Returns the manifest without references, with types and parameters where they belong."""
    resolved = _Resolver(manifest).value({k: v for k, v in manifest.items() if k != "definitions"}, ())
    return _hand_down(resolved, "DeclarativeSource", {})


def names_custom_code(resolved):
    """Returns whether a component names a class of its own."""
    return any("class_name" in part for part in walk(resolved))


def walk(node):
    """Yields every mapping below `node`, itself included."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def texts(node):
    """Yields every text below `node`."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


class _Resolver:
    def __init__(self, root):
        self._root = root
        self._known = {}

    def value(self, node, seen):
        if isinstance(node, str) and node.startswith("#/"):
            return self._target(node, seen)
        if isinstance(node, list):
            return [self.value(item, seen) for item in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            target = self._target(node["$ref"], seen)
            own = {k: self.value(v, seen) for k, v in node.items() if k != "$ref"}
            return {**target, **own} if isinstance(target, dict) else target
        return {k: self.value(v, seen) for k, v in node.items()}

    def _target(self, reference, seen):
        if reference in self._known:
            return self._known[reference]
        if reference in seen:
            raise ValueError(f"a reference leads back to itself: {reference}")
        result = self.value(self._find(reference), seen + (reference,))
        self._known[reference] = result
        return result

    def _find(self, reference):
        node, rest = self._root, reference[2:]
        while rest:
            if isinstance(node, dict) and rest in node:
                return node[rest]
            first, _, rest = rest.partition("/")
            if isinstance(node, list):
                node = node[int(first)]
            elif isinstance(node, dict) and first in node:
                node = node[first]
            else:
                raise ValueError(f"a reference names nothing: {reference}")
        return node


def _is_schema(node):
    kind = node.get("type")
    return kind == "object" or isinstance(kind, (list, dict))


def _hand_down(component, inferred, inherited):
    component = dict(component)
    if "type" not in component and inferred:
        component["type"] = inferred
    parameters = {**inherited, **(component.pop("$parameters", None) or {})}
    if _is_schema(component):
        return component
    if "type" not in component:
        return {k: _hand_down(v, None, parameters) if isinstance(v, dict) and v.get("type") else v
                for k, v in component.items()}
    for name, value in parameters.items():
        component[name] = component.get(name) or value
    for name, value in component.items():
        passed = {k: v for k, v in parameters.items() if k != name}
        if isinstance(value, dict):
            component[name] = _hand_down(value, _INFERRED.get(name), passed)
        elif isinstance(value, list):
            component[name] = [_hand_down(item, _INFERRED.get(name), passed) if isinstance(item, dict)
                               else item for item in value]
    if parameters:
        component["$parameters"] = parameters
    return component
