"""A table without a key has _fivetran_id from the row's content: the same row again is the same row."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "events", "columns": {"kind": "STRING", "weight": "DOUBLE"}}]


def update(configuration: dict, state: dict):
    op.upsert("events", {"kind": "click", "weight": 1.5})
    op.upsert("events", {"kind": "click", "weight": 2.5})
    op.upsert("events", {"kind": "click", "weight": 1.5})
    op.upsert("events", {"kind": "view"})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
