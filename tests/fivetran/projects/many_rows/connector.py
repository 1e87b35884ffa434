"""Twenty thousand rows and as many updates, over many batches and checkpoints."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "INT", "n": "LONG", "text": "STRING"}}]


def update(configuration: dict, state: dict):
    for number in range(20_000):
        op.upsert("items", {"id": number, "n": 0, "text": f"row {number}"})
        if number % 3_000 == 2_999:
            op.checkpoint({"row": number})
    for number in range(20_000):
        op.update("items", {"id": number, "n": number * number})
    op.checkpoint({"row": "all"})


connector = Connector(update=update, schema=schema)
