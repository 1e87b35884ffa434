"""An upsert replaces the whole row: columns that are not in it become NULL."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "people", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING", "age": "LONG"}}]


def update(configuration: dict, state: dict):
    op.upsert("people", {"id": 1, "name": "Ada", "age": 36})
    op.upsert("people", {"id": 2, "name": "Bob", "age": 20})
    op.checkpoint({"page": 1})
    op.upsert("people", {"id": 1, "name": "Ada L."})
    op.upsert("people", {"id": 2, "age": 21})
    op.upsert("people", {"id": 2, "age": 22})
    op.checkpoint({"page": 2})


connector = Connector(update=update, schema=schema)
