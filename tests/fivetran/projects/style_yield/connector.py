"""update() is a generator that yields operations, also those of other generators."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING"}}]


def page(first: int):
    for number in range(first, first + 2):
        yield op.upsert(table="items", data={"id": number, "name": f"item {number}"})


def update(configuration: dict, state: dict):
    yield from page(1)
    yield op.checkpoint(state={"last": 2})
    yield from page(3)
    yield op.update(table="items", modified={"id": 3, "name": "third"})
    yield op.delete(table="items", keys={"id": 4})
    yield op.checkpoint(state={"last": 4})


connector = Connector(update=update, schema=schema)
