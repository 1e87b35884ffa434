"""Plain calls, yielded calls and calls whose result is dropped come in one update()."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING"}}]


def plain():
    op.upsert("items", {"id": 2, "name": "plain"})


def update(configuration: dict, state: dict):
    yield op.upsert("items", {"id": 1, "name": "yielded"})
    plain()
    yield
    _ = [op.upsert("items", {"id": number, "name": "listed"}) for number in (3, 4)]
    yield op.checkpoint({"seen": ["yielded", "plain", "listed"]})


connector = Connector(update, schema)
