"""Names of types may be written in any case."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"],
             "columns": {"id": "int", "at": "Utc_DateTime", "price": {"type": "decimal", "precision": 6, "scale": 3}}}]


def update(configuration: dict, state: dict):
    op.upsert("items", {"id": 1, "at": "2026-01-31T00:00:00Z", "price": "1.25"})


connector = Connector(update=update, schema=schema)
