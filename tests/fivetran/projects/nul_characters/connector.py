"""Zero characters are removed from text, with a warning."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "texts", "primary_key": ["id"], "columns": {"id": "INT", "content": "STRING"}}]


def update(configuration: dict, state: dict):
    op.upsert("texts", {"id": 1, "content": "a\x00b\x00", "free": "\x00"})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
