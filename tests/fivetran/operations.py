"""The operations that a connector emitted, as lines of JSON (README.md has the form), and how two such lists differ."""
import base64
import collections
import dataclasses
import datetime
import json

import compare

CLOCKS = {"NAIVE_DATE": "%Y-%m-%d", "NAIVE_TIME": "%H:%M:%S.%f", "NAIVE_DATETIME": "%Y-%m-%dT%H:%M:%S.%f",
          "UTC_DATETIME": "%Y-%m-%dT%H:%M:%S.%fZ"}
TYPES = {"null": "NULL", "bool": "BOOLEAN"}
EPOCH = datetime.datetime(1970, 1, 1)


@dataclasses.dataclass(frozen=True)
class Difference:
    """A difference between our operations of a run and the golden ones."""
    run: int
    kind: str  # schema, type, value, missing, extra, order or outcome.
    where: str
    text: str

    def allowed_by(self, entry):
        return (entry["run"], entry["kind"], entry["where"]) == (self.run, self.kind, self.where)


def number(value):
    """Returns a float as a value that JSON has."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def typed(cell):
    """Returns a protobuf ValueType as its type and JSON value."""
    kind = cell.WhichOneof("inner")
    if kind is None:
        return {"type": "NULL", "value": None}
    value, name = getattr(cell, kind), TYPES.get(kind, kind.upper())
    if name == "NULL":
        value = None
    elif name in CLOCKS:
        moment = EPOCH + datetime.timedelta(seconds=value.seconds, microseconds=value.nanos // 1000)
        value = moment.strftime(CLOCKS[name].replace("%Y", f"{moment.year:04}"))
    elif name == "BINARY":
        value = base64.b64encode(value).decode()
    elif name in ("FLOAT", "DOUBLE"):
        value = number(value)
    return shortened({"type": name, "value": value})


def shortened(value):
    text = value["value"]
    long = isinstance(text, str) and len(text) > compare.LONG_TEXT
    return {"type": value["type"], **compare.shortened(text)} if long else value


def read_lines(path):
    """Reads what --dump-operations wrote. Errors: ValueError, OSError."""
    operations = []
    for count, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            operation = json.loads(line)
        except ValueError as fault:
            raise ValueError(f"{path.name}: line {count}: {fault}") from fault
        for name, value in operation.get("values", {}).items():
            operation["values"][name] = shortened(value)
        operations.append(operation)
    return operations


def canonical(value):
    """Returns a value as a text that is equal for equal values."""
    kind = value["type"]
    if "value" not in value:
        return json.dumps(value, sort_keys=True)
    return f"{kind} {compare.comparable(value['value'], kind)}"


def canonical_operation(operation):
    values = {name: canonical(value) for name, value in operation.get("values", {}).items()}
    rest = {name: value for name, value in operation.items() if name != "values"}
    return json.dumps([rest, values], sort_keys=True, ensure_ascii=False)


def differences(run, golden, ours, failed, unordered=False):
    """Yields the differences of our operations in run number `run` from those of the golden run; `failed`: ours did.

    When either failed, what came behind the last checkpoint of both is not compared: it is dropped in any case, and how
    much of it was already sent is a matter of buffers.
    """
    wanted, found = golden["operations"], ours
    if failed or golden["outcome"] == "failure":
        count = min(sum(line["op"] == "checkpoint" for line in lines) for lines in (wanted, found))
        wanted, found = (until_checkpoint(lines, count) for lines in (wanted, found))
    yield from of_schemas(run, *([line for line in lines if line["op"] == "schema"] for lines in (wanted, found)))
    wanted, found = ([line for line in lines if line["op"] != "schema"] for lines in (wanted, found))
    keys = [[canonical_operation(line) for line in lines] for lines in (wanted, found)]
    if keys[0] == keys[1]:
        return
    if sorted(keys[0]) == sorted(keys[1]):
        if not unordered:
            yield Difference(run, "order", "", "the same operations come in another order")
        return
    yield from of_operations(run, wanted, found)


def until_checkpoint(lines, count):
    """Returns the lines up to checkpoint number `count`; for 0, none of them."""
    places = [index for index, line in enumerate(lines) if line["op"] == "checkpoint"]
    return lines[:places[count - 1] + 1] if count else []


def of_schemas(run, wanted, found):
    if len(wanted) != len(found):
        yield Difference(run, "schema", "", f"{len(found)} schema lines, not {len(wanted)}")
        return
    for golden, ours in zip(wanted, found):
        if golden["tables"] is None or ours["tables"] is None:
            if golden["tables"] != ours["tables"]:
                yield Difference(run, "schema", "", "one of the two has no schema")
            continue
        tables = [{table["name"]: table["columns"] for table in side["tables"]} for side in (golden, ours)]
        for name in sorted(set(tables[0]) | set(tables[1])):
            columns = [side.get(name) for side in tables]
            if columns[0] != columns[1]:
                yield Difference(run, "schema", name, f"{compare.shown(columns[1])}, not {compare.shown(columns[0])}")


def of_operations(run, wanted, found):
    aligned = len(wanted) == len(found) and all(
        (golden["op"], golden.get("table")) == (ours["op"], ours.get("table")) for golden, ours in zip(wanted, found))
    if aligned:
        for golden, ours in zip(wanted, found):
            yield from of_values(run, golden, ours)
        return
    counts = [collections.Counter(map(canonical_operation, lines)) for lines in (wanted, found)]
    lines = {canonical_operation(line): line for line in wanted + found}
    for kind, rest in (("missing", counts[0] - counts[1]), ("extra", counts[1] - counts[0])):
        by_place = collections.Counter()
        for key, count in rest.items():
            by_place[lines[key].get("table") or lines[key]["op"]] += count
        for place, count in sorted(by_place.items()):
            example = next(lines[key] for key in rest if (lines[key].get("table") or lines[key]["op"]) == place)
            yield Difference(run, kind, place, f"{count} operations, such as {compare.shown(example)}")


def of_values(run, golden, ours):
    table = golden.get("table", golden["op"])
    cells = [line.get("values", {}) for line in (golden, ours)]
    for name in sorted(set(cells[0]) | set(cells[1])):
        pair = [side.get(name) for side in cells]
        if None in pair:
            what = "is missing" if pair[1] is None else "is sent, and is not by the package"
            yield Difference(run, "value", f"{table}.{name}", what)
        elif canonical(pair[0]) != canonical(pair[1]):
            kind = "type" if pair[0]["type"] != pair[1]["type"] else "value"
            yield Difference(run, kind, f"{table}.{name}", f"{compare.shown(pair[1])}, not {compare.shown(pair[0])}")
    rest = [{name: value for name, value in line.items() if name != "values"} for line in (golden, ours)]
    if rest[0] != rest[1]:
        yield Difference(run, "value", table, f"{compare.shown(rest[1])}, not {compare.shown(rest[0])}")
