"""Each declared type is stored as its DuckDB type; declared order is kept; NULL goes everywhere."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime

COLUMNS = {"id": "INT", "b": "BOOLEAN", "s": "SHORT", "i": "INT", "l": "LONG", "f": "FLOAT", "d": "DOUBLE",
           "dec": {"type": "DECIMAL", "precision": 10, "scale": 2}, "nd": "NAIVE_DATE", "ndt": "NAIVE_DATETIME",
           "u": "UTC_DATETIME", "bin": "BINARY", "x": "XML", "str": "STRING", "j": "JSON"}
UTC = datetime.timezone.utc


def schema(configuration: dict):
    return [{"table": "every_type", "primary_key": ["id"], "columns": COLUMNS}]


def update(configuration: dict, state: dict):
    op.upsert("every_type", {
        "j": {"a": [1, None]}, "str": "text", "x": "<a b='1'/>", "bin": b"\x00\xff", "u": "2026-01-31T12:30:00Z",
        "ndt": "2026-01-31T12:30:00", "nd": "2026-01-31", "dec": "12.50", "d": 0.1, "f": 0.1, "l": 2**40, "i": 70000,
        "s": -32768, "b": True, "id": 1})
    op.upsert("every_type", {
        "id": 2, "b": False, "s": 32767, "i": -2**31, "l": -2**63 + 1, "f": -1.5, "d": 1e300, "dec": "-99999999.99",
        "nd": datetime.date(2026, 1, 31), "ndt": datetime.datetime(2026, 1, 31, 12, 30, 0, 250000),
        "u": datetime.datetime(2026, 1, 31, 12, 30, tzinfo=UTC), "bin": b"", "x": "", "str": "", "j": []})
    op.upsert("every_type", {"id": 3, **{name: None for name in COLUMNS if name != "id"}})
    op.upsert("every_type", {"id": 4})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
