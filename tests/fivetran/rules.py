"""A small model of the rules: what a golden stream of operations leaves, as a snapshot to compare with expected.json.

It shares nothing with the program. What the MIT package emitted for a project, put through it, must be what the project's
expected.json says; so an expectation that was written down wrongly shows before the program is blamed.
"""
import base64
import decimal
import re
import unicodedata

import compare
import hash_order
import warehouse

DUCKDB = {"BOOLEAN": "BOOLEAN", "SHORT": "SMALLINT", "INT": "INTEGER", "LONG": "BIGINT", "FLOAT": "FLOAT", "DOUBLE": "DOUBLE",
          "NAIVE_DATE": "DATE", "NAIVE_TIME": "TIME", "NAIVE_DATETIME": "TIMESTAMP",
          "UTC_DATETIME": "TIMESTAMP WITH TIME ZONE", "BINARY": "BLOB", "XML": "VARCHAR", "STRING": "VARCHAR",
          "JSON": "VARCHAR"}
SYSTEM = {compare.SYNCED: "TIMESTAMP WITH TIME ZONE", compare.DELETED: "BOOLEAN"}
LETTERS = {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}


def plain(name):
    """Transliterates what Latin letters have on them."""
    text = "".join(LETTERS.get(letter, letter) for letter in name)
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def fivetran_name(name, table=False):
    name = re.sub(r"[^A-Za-z0-9_]", "_", plain(name))
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    name = re.sub(r"_+", "_", name).lower()
    if name[:1].isdigit():
        name = "_" + name
    return re.sub(r"^_+(?=[a-z])", "", name) if table else name


def stored(value, kind):
    """Returns the cell that a value of the wire becomes in a column."""
    sent, content = value["type"], value.get("value")
    if content is None and "length" not in value:
        return None
    if "length" in value:
        raise NotImplementedError("long values")
    if content == "NaN" and sent in ("FLOAT", "DOUBLE"):
        return None
    if kind.startswith("DECIMAL"):
        return decimal_cell(content, kind)
    if kind == "VARCHAR":
        return text_cell(content, sent)
    if sent == "BINARY":
        return "base64:" + content
    if sent in ("NAIVE_DATETIME", "UTC_DATETIME"):
        return content.replace(".000000", "")
    return content


def text_cell(content, sent):
    if isinstance(content, bool):
        return "true" if content else "false"
    if sent == "BINARY":
        return base64.b64decode(content).decode()
    return str(content).replace("\0", "")


def decimal_cell(content, kind):
    precision, scale = map(int, re.findall(r"\d+", kind))
    with decimal.localcontext(prec=80):
        number = decimal.Decimal(str(content)).quantize(decimal.Decimal(1).scaleb(-scale), decimal.ROUND_HALF_UP)
        return str(number) if len(number.as_tuple().digits) <= precision else None


class Table:
    """A table while its operations come. Rows are kept by their key, with the count of the operation that wrote them."""

    def __init__(self, columns, key, fixed=()):
        self.columns, self.key, self.fixed = columns, key, frozenset(fixed)
        self.rows, self.truncated = {}, 0

    def key_of(self, cells):
        return tuple(cells.get(name) for name in self.key) if self.key else tuple(sorted(cells.items(), key=str))

    def widen(self, name, kind):
        old = self.columns.get(name)
        if old is None or old == "UNSPECIFIED":
            self.columns[name] = kind
        elif {old, kind} == {"BIGINT", "FLOAT"}:
            self.columns[name] = "DOUBLE"
        elif kind == "VARCHAR" and old != kind:
            self.columns[name] = "VARCHAR"
            for row in self.rows.values():
                if row.get(name) is not None:
                    row[name] = text_cell(row[name], None)


class Model:
    """Takes lines of operations; `snapshot` is what they leave so far."""

    def __init__(self, source_naming=False):
        self.tables, self.pending, self.state, self._count = {}, {}, {}, 0
        self._source_naming = source_naming
        self._spelt = {}  # By table, "" for tables themselves: the spellings that differ by capitals only.

    def table_name(self, name):
        return self._spellings("", name)[0] if self._source_naming else fivetran_name(name, table=True)

    def column_name(self, table, name):
        if not self._source_naming:
            return fivetran_name(name)
        place = self._spellings(table, name).index(name)
        return f"{name}__{place + 1}" if place else name

    def _spellings(self, table, name):
        spelt = self._spelt.setdefault(table, {}).setdefault(name.lower(), [])
        spelt += [] if name in spelt else [name]
        return spelt

    def _declare_all(self, tables):
        for table in tables or []:
            columns, key, place = {}, [], self.table_name(table["name"])
            for column in table["columns"]:
                name, kind = self.column_name(place, column["name"]), DUCKDB.get(column["type"], column["type"])
                if kind == "DECIMAL":
                    kind = f"DECIMAL({column['precision']},{column['scale']})"
                columns[name] = kind
                key += [name] if column["primary_key"] else []
            self._declare(place, columns, key)

    def _declare(self, name, columns, key):
        known = self.tables.get(name)
        if known:
            known.columns.update({column: kind for column, kind in columns.items() if column not in known.columns})
        elif columns and "UNSPECIFIED" not in columns.values():
            surrogate = {} if key else {compare.SURROGATE: "VARCHAR"}
            self.tables[name] = Table({**columns, **surrogate, **SYSTEM}, key, columns)
        else:
            self.pending[name] = columns, key

    def _created(self, name, values):
        """Creates a table from its first row, if it is not there."""
        if name in self.tables:
            return
        columns, key = self.pending.pop(name, ({}, []))
        kinds = {column: DUCKDB[value["type"]] for column, value in values.items() if value["type"] != "NULL"}
        kinds = {**kinds, **{column: kind for column, kind in columns.items() if kind != "UNSPECIFIED"}, **SYSTEM}
        first = key or [compare.SURROGATE]
        rest = [column for column in self._order(values) if column not in first and column in kinds]
        self.tables[name] = Table({column: kinds.get(column, "VARCHAR") for column in [*first, *rest]}, key)

    @staticmethod
    def _order(values):
        try:
            return hash_order.order(values)
        except ValueError:  # Two names share a bucket: a case that says that its order is not compared.
            return [*values, *SYSTEM]

    def _apply(self, line):
        if line["op"] == "schema":
            self._declare_all(line["tables"])
        if line["op"] == "checkpoint":
            self.state = line["state"]
        if line["op"] not in ("upsert", "update", "delete", "truncate"):
            return
        self._count += 1
        name = self.table_name(line["table"])
        if line["op"] == "truncate":
            if name in self.tables:
                self.tables[name].truncated = self._count
            return
        values = {self.column_name(name, column): value for column, value in line["values"].items()}
        if line["op"] == "upsert":
            self._created(name, values)
        if name in self.tables:
            self._write(self.tables[name], line["op"], values)

    def _write(self, table, operation, values):
        if operation != "delete":
            for column, value in values.items():
                if value["type"] != "NULL" and column not in table.fixed:
                    table.widen(column, DUCKDB[value["type"]])
        cells = {column: stored(value, table.columns[column]) for column, value in values.items()
                 if column in table.columns}
        key = table.key_of(cells)
        if operation == "upsert":
            table.rows[key] = {**cells, "written": self._count}
        elif key in table.rows:
            changed = cells if operation == "update" else {compare.DELETED: True}
            table.rows[key].update(changed, written=self._count)

    def run(self, lines, failed):
        """Takes the lines of a run; of one that failed, those up to its last checkpoint."""
        last = max((place for place, line in enumerate(lines) if line["op"] in ("schema", "checkpoint")), default=-1)
        for line in lines[:last + 1] if failed else lines:
            self._apply(line)
        for table in self.tables.values():
            for row in table.rows.values():
                if row["written"] < table.truncated and not failed:
                    row[compare.DELETED] = True
            table.truncated = 0

    def snapshot(self):
        tables = {}
        for name, table in self.tables.items():
            rows = [{**{column: row.get(column) for column in table.columns}, compare.SYNCED: "2026-01-01T00:00:00Z",
                     compare.DELETED: row.get(compare.DELETED, False)} for row in table.rows.values()]
            for number, row in enumerate(rows):
                if not table.key:
                    row[compare.SURROGATE] = str(number)
            tables[name] = warehouse.Table([list(column) for column in table.columns.items()],
                                           table.key or [compare.SURROGATE], rows, len(rows))
        return warehouse.Snapshot(tables, self.state)
