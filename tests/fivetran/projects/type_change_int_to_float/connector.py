"""A whole-number column that gets a float becomes DOUBLE, and keeps what it had."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "readings", "primary_key": ["id"]}]


def update(configuration: dict, state: dict):
    op.upsert("readings", {"id": 1, "amount": 16777217})
    op.checkpoint({"id": 1})
    op.upsert("readings", {"id": 2, "amount": 0.5})
    op.checkpoint({"id": 2})


connector = Connector(update=update, schema=schema)
