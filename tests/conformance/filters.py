"""Values that let a record through the stream's own filter, found by trying what the condition compares with."""
import itertools

import manifest as manifests
import records
import templates

_TRIES_MAX = 3000


def passing_values(record_filter, config):
    """Returns values by path with which the filter's conditions hold; nothing when none are found."""
    found = {}
    for text in manifests.texts((record_filter or {}).get("condition") if isinstance(record_filter, dict) else None):
        paths = templates.paths(text, "record")
        paths = [path for path in paths if not any(o != path and o[:len(path)] == path for o in paths)]
        if paths:
            found.update(_solve(text, paths, config))
    return found


def _solve(text, paths, config):
    numbers = templates.literals(text, (int, float))
    domain = [*_config_values(text, config), *templates.literals(text), *numbers, *(n + 1 for n in numbers), "sample", 1, 2, True, False, None, "2999-01-01", ["sample"]]
    for values in itertools.islice(itertools.product(domain, repeat=len(paths)), _TRIES_MAX):
        record = {}
        for path, value in zip(paths, values):
            records.put(record, path, value)
        context = {"record": record, "config": config, "stream_slice": _Bounds(), "stream_interval": _Bounds(),
                   "stream_partition": _Bounds(), "parameters": {}}
        if templates.is_true(templates.evaluate(text, context)):
            return dict(zip(paths, values))
    return {}


def _config_values(text, config):
    for path in templates.paths(text, "config"):
        value = config
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        yield from value if isinstance(value, list) else [value] if value is not None else []


class _Bounds(dict):
    def __missing__(self, key):
        return "2000-01-01"

    def get(self, key, default=None):
        return "2000-01-01"
