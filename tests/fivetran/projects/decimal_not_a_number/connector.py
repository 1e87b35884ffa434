"""Text that is no number in a DECIMAL column raises at the call; the message names table, column and row."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "prices", "primary_key": ["id"],
             "columns": {"id": "INT", "price": {"type": "DECIMAL", "precision": 5, "scale": 2}}}]


def update(configuration: dict, state: dict):
    op.upsert("prices", {"id": 1, "price": "1.25"})
    op.checkpoint({"id": 1})
    try:
        op.upsert("prices", {"id": 4711, "price": "a lot"})
    except ValueError:
        if configuration.get("catch") != "yes":
            raise
        op.upsert("prices", {"id": 4711, "price": " -1.5e1"})
    op.checkpoint({"id": 4711})


connector = Connector(update=update, schema=schema)
