"""Compares what a run left with what is expected; every difference is a sentence."""
import collections
import hashlib
import json
import struct

SYNCED, DELETED, SURROGATE = "_fivetran_synced", "_fivetran_deleted", "_fivetran_id"
SHOWN_MAX = 5  # Differences of one kind in one table.
TEXT_MAX = 160
LONG_TEXT = 2000  # Longer cells are compared by length and SHA-256, as they are written down.


def shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}... ({len(text)} characters)"


def narrowed(value):
    """Returns a number as its 32-bit float."""
    if not isinstance(value, (int, float)):
        return value
    try:
        return struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return value


def shortened(text):
    """Returns a long text as what expected.json and wire.json hold instead of it."""
    return {"length": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def comparable(value, kind):
    """Returns a cell as a text that is equal for equal cells: 1 and 1.0 differ from "1" and true, not from each other."""
    if isinstance(value, str) and len(value) > LONG_TEXT:
        value = shortened(value)
    if kind == "FLOAT":
        value = narrowed(value)
    if kind in ("FLOAT", "DOUBLE") and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def differences(expected, actual, before=None):
    """Yields the differences of the snapshot `actual` from an expected one; `before` is the snapshot of the last run."""
    wanted = expected["tables"]
    for name in sorted(set(wanted) | set(actual.tables)):
        if name not in wanted:
            yield f"table {shown(name)} is there and should not be"
        elif name not in actual.tables:
            if not wanted[name].get("may_be_absent"):
                yield f"table {shown(name)} is missing"
        else:
            for difference in of_table(wanted[name], actual.tables[name]):
                yield f"table {shown(name)}: {difference}"
    if expected["state"] != actual.state:
        yield f"state is {shown(actual.state)}, not {shown(expected['state'])}"
    yield from of_synced(expected.get("synced", {}), actual, before)


def of_table(wanted, table):
    wanted_columns = [list(column) for column in wanted["columns"]]
    if wanted.get("order", "exact") == "any":
        same = sorted(wanted_columns) == sorted(table.columns)
    else:
        same = wanted_columns == table.columns
    if not same:
        yield from of_columns(dict(wanted_columns), dict(table.columns))
    if wanted["primary_key"] != table.primary_key:
        yield f"primary key is {shown(table.primary_key)}, not {shown(wanted['primary_key'])}"
    yield from of_rows(wanted, table)


def of_columns(wanted, actual):
    for name, kind in wanted.items():
        if name not in actual:
            yield f"column {shown(name)} {kind} is missing"
        elif actual[name] != kind:
            yield f"column {shown(name)} is {actual[name]}, not {kind}"
    for name, kind in actual.items():
        if name not in wanted:
            yield f"column {shown(name)} {kind} is there and should not be"
    if set(wanted) == set(actual) and list(wanted) != list(actual):
        yield f"columns are in the order {', '.join(actual)}, not {', '.join(wanted)}"


def of_rows(wanted, table):
    kinds = dict(table.columns)
    opaque = {SYNCED} | ({SURROGATE} if not any(SURROGATE in row for row in wanted["rows"]) else set())

    def full(row):
        compared = {name: row.get(name, False if name == DELETED else None) for name in kinds if name not in opaque}
        compared.update({name: value for name, value in row.items() if name not in kinds})
        return json.dumps({name: comparable(value, kinds.get(name)) for name, value in sorted(compared.items())})

    expected_rows = collections.Counter(full(row) for row in wanted["rows"])
    actual_rows = collections.Counter(full(row) for row in table.rows)
    more = actual_rows - expected_rows
    if "count" in wanted:  # The expected rows are some of them.
        more.clear()
        if table.count != wanted["count"]:
            yield f"there are {table.count} rows, not {wanted['count']}"
    for what, rows in (("is missing", expected_rows - actual_rows), ("should not be there", more)):
        rows = sorted(rows.elements())
        for row in rows[:SHOWN_MAX]:
            readable = {name: json.loads(value) for name, value in json.loads(row).items()}
            yield f"row {shown(readable)} {what}"
        if len(rows) > SHOWN_MAX:
            yield f"{len(rows) - SHOWN_MAX} more rows where one {what}"
    if any(row.get(SYNCED) is None for row in table.rows):
        yield f"a row has no {SYNCED}"
    surrogates = [row[SURROGATE] for row in table.rows if SURROGATE in row]
    if None in surrogates or len(set(surrogates)) < len(surrogates):
        yield f"{SURROGATE} is missing in a row, or not unique"


def of_synced(wanted, actual, before):
    for kind, tables in wanted.items():
        for name, keys in tables.items():
            for key in keys:
                old, new = (synced_at(snapshot, name, key) for snapshot in (before, actual))
                good = None not in (old, new) and (old == new if kind == "kept" else old < new)
                if not good:
                    yield f"table {shown(name)}: {SYNCED} of {shown(key)} should be {kind}: was {old}, is {new}"


def synced_at(snapshot, table, key):
    rows = snapshot.tables[table].rows if snapshot and table in snapshot.tables else []
    found = [row[SYNCED] for row in rows if all(row.get(name) == value for name, value in key.items())]
    if len(found) != 1 or not found[0]:
        return None
    moment = found[0].removesuffix("Z")
    return moment if "." in moment else moment + ".000000"  # A fraction of zero is not written.
