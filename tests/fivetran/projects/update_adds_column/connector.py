"""An update may bring a new column; other rows get NULL."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "people", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING", "age": "LONG"}}]


def update(configuration: dict, state: dict):
    op.upsert("people", {"id": 1, "name": "Ada", "age": 36})
    op.upsert("people", {"id": 2, "name": "Bob", "age": 20})
    op.update("people", {"id": 1, "title": "Countess"})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
