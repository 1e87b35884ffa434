"""Some columns are declared and the key is not: its type comes from its first value."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "offers", "primary_key": ["id"], "columns": {"price": "DOUBLE"}}]


def update(configuration: dict, state: dict):
    op.upsert("offers", {"id": "x-1", "price": 1})
    op.upsert("offers", {"id": "x-1", "price": 2})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
