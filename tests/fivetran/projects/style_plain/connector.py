"""Operations are plain calls that return nothing."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING"}}]


def update(configuration: dict, state: dict):
    for number in range(1, 4):
        returned = op.upsert("items", {"id": number, "name": f"item {number}"})
        if returned is not None:
            raise AssertionError(f"upsert returned {returned!r}")
    if op.checkpoint({"last": 3}) is not None:
        raise AssertionError("checkpoint returned something")


connector = Connector(update=update, schema=schema)
