"""Text without an offset in a UTC_DATETIME column fails, and the message says what to write."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "orders", "primary_key": ["order_id"], "columns": {"order_id": "INT", "created": "UTC_DATETIME"}}]


def update(configuration: dict, state: dict):
    op.upsert("orders", {"order_id": 4711, "created": "2026-01-31T12:30:00"})


connector = Connector(update=update, schema=schema)
