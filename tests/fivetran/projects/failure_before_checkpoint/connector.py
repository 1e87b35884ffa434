"""A failure before the first checkpoint leaves no rows and no state."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING"}}]


def update(configuration: dict, state: dict):
    for number in range(250):
        op.upsert("items", {"id": number, "name": "lost"})
    raise ValueError("too early")


connector = Connector(update=update, schema=schema)
