"""What schema() returns, checked and brought into one form."""
import difflib
from collections.abc import Iterable

# In the order in which python/native/cells.h numbers them.
DECLARED_TYPES = ("UNSPECIFIED", "BOOLEAN", "SHORT", "INT", "LONG", "DECIMAL", "FLOAT", "DOUBLE", "NAIVE_DATE",
                  "NAIVE_DATETIME", "UTC_DATETIME", "BINARY", "XML", "STRING", "JSON", "NAIVE_TIME")
_NUMBERS = {name: number for number, name in enumerate(DECLARED_TYPES)}
_PRECISION_MAX = 38
_KEYS = ("schema", "table", "primary_key", "columns")


def full_name(table, schema):
    """The name that a table goes by: that of its schema before it, where there is one, as the native module has it."""
    return table if schema is None else f"{schema}.{table}"


def read_schema(declared, warn):
    """Returns a list of {"table", "primary_key", "columns": [{"name", "type", "precision", "scale"}]}.

    What is of no use is told to warn(text). Raises ValueError, naming table and column.
    """
    if not isinstance(declared, Iterable) or isinstance(declared, (dict, str, bytes)):
        raise ValueError(f"schema() must return a list of tables, not {type(declared).__name__}")
    tables, names = [], set()
    for entry in declared:
        table = _read_table(entry, warn)
        if table["table"] in names:
            raise ValueError(f"Table already defined: {table['table']}")
        names.add(table["table"])
        tables.append(table)
    return tables


def _read_table(entry, warn):
    if not isinstance(entry, dict) or not isinstance(entry.get("table"), str) or not entry["table"].strip():
        raise ValueError(f"Entry missing table name: {entry!r}")
    schema = entry.get("schema")
    if schema is not None and (not isinstance(schema, str) or not schema):
        raise ValueError(f"table {entry['table']}: schema must be a name, not {schema!r}")
    name = full_name(entry["table"], schema)
    for key in (str(key) for key in entry if key not in _KEYS):
        alike = difflib.get_close_matches(key, _KEYS, 1)
        warn(f"schema(): table {name}: {key} says nothing to this program"
             + (f": is {alike[0]} meant?" if alike else "; there are schema, table, primary_key and columns"))
    columns = entry.get("columns")
    if columns is not None and not isinstance(columns, dict):
        raise ValueError(f"table {name}: columns must be a dict of names to types, not {type(columns).__name__}")
    return {"table": name, "primary_key": _read_key(name, entry.get("primary_key"), warn),
            "columns": [_read_column(name, column, kind) for column, kind in (columns or {}).items()]}


def _read_key(table, key, warn):
    if key is None:
        return []
    if not isinstance(key, (list, tuple)) or not all(isinstance(column, str) and column for column in key):
        raise ValueError(f"table {table}: primary_key must be a list of names of columns, not {key!r}")
    columns = list(dict.fromkeys(key))
    if len(columns) != len(key):
        warn(f"schema(): table {table}: primary_key names a column twice: {', '.join(key)}")
    return columns


def _read_column(table, name, kind):
    where = f"table {table}, column {name}"
    if not isinstance(name, str) or not name:
        raise ValueError(f"table {table}: the name of a column must be a text that is not empty, not {name!r}")
    if isinstance(kind, dict):
        return {"name": name, "type": "DECIMAL", **_read_decimal(where, kind)}
    known = isinstance(kind, str) and kind.upper() in _NUMBERS and kind.upper() != "UNSPECIFIED"
    if not known:
        raise ValueError(f"Unrecognized column type for column: {name}: {kind!r} ({where}; there are "
                         f"{', '.join(DECLARED_TYPES[1:])})")
    if kind.upper() == "DECIMAL":
        raise ValueError(f"DECIMAL data type missing precision and scale: {where} "
                         '(write {"type": "DECIMAL", "precision": 15, "scale": 2})')
    return {"name": name, "type": kind.upper()}


def _read_decimal(where, kind):
    if str(kind.get("type", "")).upper() != "DECIMAL":
        raise ValueError(f"Expecting DECIMAL data type for dictionary column entry, but got: {kind.get('type')!r} "
                         f"({where})")
    precision, scale = kind.get("precision"), kind.get("scale")
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in (precision, scale)):
        raise ValueError(f"DECIMAL data type missing precision and scale: {where}")
    if not (1 <= precision <= _PRECISION_MAX and 0 <= scale <= precision):
        raise ValueError(f"{where}: DECIMAL takes a precision from 1 to {_PRECISION_MAX} and a scale up to it, "
                         f"not ({precision},{scale})")
    return {"precision": precision, "scale": scale}


def type_numbers(table):
    """The declared columns of a table as the native module takes them."""
    return {column["name"]: _NUMBERS[column["type"]] for column in table["columns"]}
