"""Records from a JSON schema: the same for the same seed, on every machine."""
import hashlib
import json

DEPTH_MAX = 5


def number_of(*parts):
    """Returns a number below 2^48 that follows from the parts."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest(), "big")


def record(schema, seed, index, fixed):
    """Makes one record. `fixed` maps paths to values that it must have there, whatever the schema says."""
    made = _object(schema if isinstance(schema, dict) else {}, (seed, index), 0, {path[0] for path in fixed})
    for path, value in fixed.items():
        put(made, path, value)
    return made


def put(target, path, value):
    """Sets what stands at a path; objects and lists on the way are made."""
    for here, following in zip(path, path[1:]):
        target = _step(target, here, [] if isinstance(following, int) else {})
        if target is None:
            return
    _set(target, path[-1], value)


def _step(target, key, made):
    if isinstance(target, list):
        if not isinstance(key, int):
            return None
        if not target:
            target.append(made)
        position = key if key >= 0 else len(target) + key
        if position >= len(target) or not isinstance(target[position], type(made)):
            target[0] = made
            return made
        return target[position]
    child = target.get(key)
    if not isinstance(child, type(made)):
        if isinstance(child, list) and isinstance(made, dict) and child and isinstance(child[0], dict):
            return child[0]
        target[key] = child = made
    return child


def _set(target, key, value):
    if isinstance(target, list):
        if not isinstance(key, int):
            return
        target[:1] = [value]
    else:
        target[key] = value


def _list(node):
    return node if isinstance(node, list) else []


def kind_of(schema):
    """Returns the schema's type without null, and whether null is allowed."""
    kind = schema.get("type")
    if isinstance(kind, list):
        return next((k for k in kind if k != "null"), "null"), "null" in kind
    if kind is None:
        for key in ("anyOf", "oneOf", "allOf"):
            for branch in _list(schema.get(key)):
                if isinstance(branch, dict) and kind_of(branch)[0] != "null":
                    return kind_of(branch)[0], False
        return ("object" if "properties" in schema else "array" if "items" in schema else "string"), False
    return kind, False


def value(schema, seed, depth=0, settled=False):
    """Makes one value. A settled one is never null, where the schema knows another type."""
    schema = schema if isinstance(schema, dict) else {}
    kind, nullable = kind_of(schema)
    chance = number_of(*seed)
    if kind == "null" or (nullable and not settled and chance % 7 == 0):
        return None
    if _list(schema.get("enum")):
        options = [option for option in schema["enum"] if option is not None]
        return options[chance % len(options)] if options else None
    if "const" in schema:
        return schema["const"]
    if kind == "object":
        return _object(_with_branch(schema), seed, depth, ())
    if kind == "array":
        items = _with_branch(schema).get("items")
        count = 0 if depth >= DEPTH_MAX else 1 + chance % 2
        return [value(items, (*seed, i), depth + 1) for i in range(count)]
    if kind == "boolean":
        return chance % 2 == 0
    if kind == "integer":
        return chance % 1000000
    if kind == "number":
        return chance % 10000000 / 100
    return _text(schema, seed, chance)


def _with_branch(schema):
    if "properties" in schema or "items" in schema:
        return schema
    for key in ("anyOf", "oneOf", "allOf"):
        for branch in _list(schema.get(key)):
            if isinstance(branch, dict) and kind_of(branch)[0] != "null":
                return branch
    return schema


def _object(schema, seed, depth, settled):
    made = {}
    properties = schema.get("properties")
    if depth >= DEPTH_MAX or not isinstance(properties, dict):
        return made
    for name, field in properties.items():
        here = (*seed, name)
        if name not in settled and number_of("absent", *here) % 11 == 0:
            continue
        made[name] = value(field, here, depth + 1, name in settled)
    return made


def _text(schema, seed, chance):
    form = schema.get("format")
    day = f"20{10 + chance % 15}-{1 + chance % 12:02d}-{1 + chance % 28:02d}"
    if form in ("date-time", "datetime", "timestamp"):
        return f"{day}T{chance % 24:02d}:{chance % 60:02d}:{chance % 59:02d}Z"
    if form == "date":
        return day
    if form == "time":
        return f"{chance % 24:02d}:{chance % 60:02d}:{chance % 59:02d}"
    if form in ("uri", "url"):
        return f"https://example.com/{chance % 10000}"
    if form == "email":
        return f"person{chance % 10000}@example.com"
    if form == "uuid":
        return f"{chance % 2 ** 32:08x}-0000-4000-8000-{chance:012x}"
    endings = ("", "", "", " é", ' "q"', "\n2", " 日本", " 🙂")
    return f"{seed[-1]} {chance % 100000}{endings[chance % len(endings)]}"


def encoded(document):
    return json.dumps(document, ensure_ascii=False).encode()
