"""A failure after a checkpoint keeps what was checkpointed and drops the rest; the next run goes on from there."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING"}}]


def update(configuration: dict, state: dict):
    first = state.get("last", 0) + 1
    for number in range(first, 7):
        op.upsert("items", {"id": number, "name": f"from {first}"})
        if number % 2 == 0:
            op.checkpoint({"last": number})
        if number == 3 and first == 1:
            raise RuntimeError("the source went away at three")


connector = Connector(update=update, schema=schema)
