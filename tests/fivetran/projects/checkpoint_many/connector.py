"""Each checkpoint replaces the state; the last one stays."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING"}}]


def update(configuration: dict, state: dict):
    for number in range(1, 6):
        op.upsert("items", {"id": number, "name": f"page {number}"})
        op.checkpoint({"page": number, "only_on_odd": number} if number % 2 else {"page": number})


connector = Connector(update=update, schema=schema)
