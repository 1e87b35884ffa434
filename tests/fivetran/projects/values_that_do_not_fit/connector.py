"""A value that can't be what its column is declared as fails the sync; the message names table, column, row and
type."""
from fivetran_connector_sdk import Connector, Operations as op


import json


def schema(configuration: dict):
    kind = configuration["type"]
    return [{"table": f"measures_{kind}", "primary_key": ["id"], "columns": {"id": "LONG", "amount": kind}}]


def update(configuration: dict, state: dict):
    table = f"measures_{configuration['type']}"
    op.upsert(table, {"id": 4710, "amount": None})
    op.upsert(table, {"id": 4711, "amount": json.loads(configuration["value"])})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
