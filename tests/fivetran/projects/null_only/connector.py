"""A column that is NULL only is not created; its first value creates it, with NULL before."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "people", "primary_key": ["id"]}]


def update(configuration: dict, state: dict):
    op.upsert("people", {"id": 1, "nick": None, "never": None})
    op.checkpoint({"row": 1})
    op.upsert("people", {"id": 2, "nick": "ada", "never": None})
    op.checkpoint({"row": 2})


connector = Connector(update=update, schema=schema)
