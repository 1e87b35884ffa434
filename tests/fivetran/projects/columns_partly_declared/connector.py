"""Undeclared columns come behind the declared and the system columns, when they first have a value."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "offers", "primary_key": ["id"], "columns": {"id": "INT", "price": "DOUBLE", "unused": "JSON"}}]


def update(configuration: dict, state: dict):
    op.upsert("offers", {"id": 1, "price": 1.5, "note": "first"})
    op.checkpoint({"page": 1})
    op.upsert("offers", {"id": 2, "price": 2.5, "note": None, "rating": 5})
    op.checkpoint({"page": 2})


connector = Connector(update=update, schema=schema)
