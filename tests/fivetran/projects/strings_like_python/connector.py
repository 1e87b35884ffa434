"""A STRING column holds, to the letter, what Python's str() gives."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime
from decimal import Decimal

VALUES = [1e16, 0.1 + 0.2, 1e-5, -0.0, float("nan"), float("inf"), 2**70, -5, Decimal("1E+3"), Decimal("0.00"),
          datetime.time(1, 2, 3, 4), datetime.timedelta(hours=-1), [1.0, "it's", 'say "hi"', None, b"\xff"],
          {"k": {"n": (1,)}}, {1}, bytearray(b"z"), 1 + 0j, range(3)]


def schema(configuration: dict):
    return [{"table": "texts", "primary_key": ["id"], "columns": {"id": "INT", "content": "STRING"}}]


def update(configuration: dict, state: dict):
    for number, value in enumerate(VALUES):
        op.upsert("texts", {"id": number, "content": value})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
