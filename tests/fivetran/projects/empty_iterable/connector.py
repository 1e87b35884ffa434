"""update() may return something that is not a generator; it is left alone."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING"}}]


def update(configuration: dict, state: dict):
    op.upsert("items", {"id": 1, "name": "one"})
    return ["this", "is", "not", "an", "operation"]


connector = Connector(update=update, schema=schema)
