"""New columns are appended, in later batches and later runs; rows from before have NULL there."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "people", "primary_key": ["id"], "columns": {"id": "INT"}}]


def update(configuration: dict, state: dict):
    if not state:
        op.upsert("people", {"id": 1})
        op.checkpoint({"run": 0})
        op.upsert("people", {"id": 2, "nick": "bob"})
        op.checkpoint({"run": 1})
    else:
        op.upsert("people", {"id": 3, "nick": "eve", "scores": [1, 2]})
        op.update("people", {"id": 1, "admin": True})
        op.checkpoint({"run": 2})


connector = Connector(update=update, schema=schema)
