"""Text that UTF-8 can't hold fails; the message names table, column and row."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "texts", "primary_key": ["id"], "columns": {"id": "INT", "content": "STRING"}}]


def update(configuration: dict, state: dict):
    op.upsert("texts", {"id": 4711, "content": "half a pair: \ud83d"})


connector = Connector(update=update, schema=schema)
