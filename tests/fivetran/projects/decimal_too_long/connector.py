"""A number with more digits than the precision holds is stored as NULL with a warning."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "prices", "primary_key": ["id"],
             "columns": {"id": "INT", "price": {"type": "DECIMAL", "precision": 5, "scale": 2}}}]


def update(configuration: dict, state: dict):
    op.upsert("prices", {"id": 4711, "price": "1234.5"})
    op.upsert("prices", {"id": 4712, "price": "123.45"})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
