"""Reads what a debug run left: the tables of schema `tester` in files/warehouse.db, and files/state.json.

The database is read through the C API of libduckdb, so that nothing has to be installed beside what the program was
built with. Cells come as the JSON values that README.md lists.
"""
import base64
import ctypes
import dataclasses
import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LIBRARY = ROOT / ".deps/duckdb/lib/libduckdb.so"
INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


class WarehouseError(Exception):
    """The database could not be read, or a state file is not JSON; the message says why."""


class _Result(ctypes.Structure):
    _fields_ = [("counts", ctypes.c_uint64 * 3), ("pointers", ctypes.c_void_p * 3)]


def _library():
    library = ctypes.CDLL(str(LIBRARY))
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint64
    result = ctypes.POINTER(_Result)
    signatures = {
        "duckdb_create_config": (ctypes.c_int, [ctypes.POINTER(pointer)]),
        "duckdb_set_config": (ctypes.c_int, [pointer, text, text]),
        "duckdb_destroy_config": (None, [ctypes.POINTER(pointer)]),
        "duckdb_open_ext": (ctypes.c_int, [text, ctypes.POINTER(pointer), pointer, ctypes.POINTER(text)]),
        "duckdb_connect": (ctypes.c_int, [pointer, ctypes.POINTER(pointer)]),
        "duckdb_query": (ctypes.c_int, [pointer, text, result]),
        "duckdb_result_error": (text, [result]),
        "duckdb_row_count": (number, [result]),
        "duckdb_column_count": (number, [result]),
        "duckdb_value_is_null": (ctypes.c_bool, [result, number, number]),
        "duckdb_value_varchar": (pointer, [result, number, number]),
        "duckdb_free": (None, [pointer]),
        "duckdb_destroy_result": (None, [result]),
        "duckdb_disconnect": (None, [ctypes.POINTER(pointer)]),
        "duckdb_close": (None, [ctypes.POINTER(pointer)]),
    }
    for name, (returned, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = returned, arguments
    return library


class Database:
    """An open DuckDB file; a context manager. Threads: one at a time."""

    def __init__(self, path, read_only=True):
        self._duckdb = _library()
        self._database, self._connection = ctypes.c_void_p(), ctypes.c_void_p()
        config, fault = ctypes.c_void_p(), ctypes.c_char_p()
        self._duckdb.duckdb_create_config(ctypes.byref(config))
        if read_only:
            self._duckdb.duckdb_set_config(config, b"access_mode", b"READ_ONLY")
        self._duckdb.duckdb_set_config(config, b"threads", b"1")
        failed = self._duckdb.duckdb_open_ext(str(path).encode(), ctypes.byref(self._database), config,
                                              ctypes.byref(fault))
        self._duckdb.duckdb_destroy_config(ctypes.byref(config))
        if failed:
            raise WarehouseError(f"{path}: {(fault.value or b'cannot be opened').decode(errors='replace')}")
        self._duckdb.duckdb_connect(self._database, ctypes.byref(self._connection))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._duckdb.duckdb_disconnect(ctypes.byref(self._connection))
        self._duckdb.duckdb_close(ctypes.byref(self._database))

    def rows(self, sql):
        """Returns the rows of a query as lists of texts and None; text ends at a zero byte."""
        result = _Result()
        try:
            if self._duckdb.duckdb_query(self._connection, sql.encode(), ctypes.byref(result)):
                raise WarehouseError(self._duckdb.duckdb_result_error(ctypes.byref(result)).decode(errors="replace"))
            columns = self._duckdb.duckdb_column_count(ctypes.byref(result))
            return [[self._cell(result, column, row) for column in range(columns)]
                    for row in range(self._duckdb.duckdb_row_count(ctypes.byref(result)))]
        finally:
            self._duckdb.duckdb_destroy_result(ctypes.byref(result))

    def _cell(self, result, column, row):
        if self._duckdb.duckdb_value_is_null(ctypes.byref(result), column, row):
            return None
        text = self._duckdb.duckdb_value_varchar(ctypes.byref(result), column, row)
        try:
            return ctypes.string_at(text).decode()
        finally:
            self._duckdb.duckdb_free(text)


@dataclasses.dataclass
class Table:
    """A table as it is. `rows` are dicts by column: all of them, or those asked for."""
    columns: list  # [name, type] pairs in order
    primary_key: list
    rows: list
    count: int = 0


@dataclasses.dataclass
class Snapshot:
    """What a run left."""
    tables: dict
    state: object


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def expression(name, kind):
    """Returns the SQL that turns a column into a text without loss."""
    column = quoted(name)
    if kind == "BLOB":
        return f"base64({column})"
    if kind == "VARCHAR":
        return f"base64(encode({column}))"
    if kind.startswith("TIMESTAMP"):
        return f"make_timestamp(epoch_us({column}))::VARCHAR"
    return f"{column}::VARCHAR"


def clock(text, zone=""):
    """Returns `2026-01-02 03:04:05.5` as `2026-01-02T03:04:05.500000`, with the zone."""
    whole, _, fraction = text.partition(".")
    return whole.replace(" ", "T") + (f".{fraction:0<6}" if fraction else "") + zone


def cell(text, kind):
    """Returns the JSON value of a cell that `expression` turned into a text."""
    if text is None:
        return None
    if kind == "BLOB":
        return "base64:" + text
    if kind == "VARCHAR":
        return base64.b64decode(text).decode(errors="backslashreplace")
    if kind == "BOOLEAN":
        return text == "true"
    if kind in INTEGERS:
        return int(text)
    if kind in ("FLOAT", "DOUBLE"):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text) or float(text)
    if kind.startswith("TIME"):
        return clock(text, "Z" if kind == "TIMESTAMP WITH TIME ZONE" else "")
    return text


def literal(value):
    return "'" + str(value).replace("'", "''") + "'"


def only(rows, key):
    """Returns the SQL that asks for rows with the keys of these ones."""
    each = [" AND ".join(f"{quoted(name)} = {literal(row[name])}" for name in key) for row in rows]
    return f" WHERE ({') OR ('.join(each)})" if each else ""


def table_of(database, name, sample):
    named = f"schema_name = 'tester' AND table_name = {literal(name)}"
    columns = database.rows(f"SELECT column_name, data_type FROM duckdb_columns() WHERE {named} ORDER BY column_index")
    key = database.rows("SELECT unnest(constraint_column_names) FROM duckdb_constraints() "
                        f"WHERE constraint_type = 'PRIMARY KEY' AND {named}")
    key = [column for column, in key]
    table = f"tester.{quoted(name)}"
    cells = ", ".join(expression(*column) for column in columns)
    wanted = only(sample, key) if sample and set(key) <= set(sample[0]) else ""
    rows = database.rows(f"SELECT {cells} FROM {table}{wanted}")
    (count,), = database.rows(f"SELECT count(*)::VARCHAR FROM {table}")
    return Table(columns, key, [{column: cell(text, kind) for (column, kind), text in zip(columns, row)} for row in rows],
                 int(count))


def snapshot(project, samples=None):
    """Reads what is in the project's `files`; of the tables in `samples` only the rows there. Errors: WarehouseError."""
    tables, state = {}, {}
    database_file, state_file = project / "files/warehouse.db", project / "files/state.json"
    if database_file.exists():
        with Database(database_file) as database:
            names = database.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'tester' ORDER BY 1")
            tables = {name: table_of(database, name, (samples or {}).get(name)) for name, in names}
    if state_file.exists():
        try:
            state = json.loads(state_file.read_text())
        except ValueError as fault:
            raise WarehouseError(f"files/state.json: {fault}") from fault
    return Snapshot(tables, state)
