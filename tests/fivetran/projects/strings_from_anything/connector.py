"""A STRING column takes str() of what it gets; for a dict or list a warning says that JSON would keep it."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime
from decimal import Decimal

VALUES = {"text": "as it is", "whole": 5, "true": True, "real": 1.5, "bytes": b"abc", "decimal": Decimal("1.0"),
          "datetime": datetime.datetime(2026, 1, 31), "list": [1, "x", None, True], "dict": {"a": 1}, "none": None}


def schema(configuration: dict):
    return [{"table": "texts", "primary_key": ["kind"], "columns": {"kind": "STRING", "content": "STRING"}}]


def update(configuration: dict, state: dict):
    for kind, value in VALUES.items():
        op.upsert("texts", {"kind": kind, "content": value})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
