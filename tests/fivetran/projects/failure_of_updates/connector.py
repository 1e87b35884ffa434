"""After a failure, updates, deletes and truncates since the last checkpoint are dropped too."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING"}}]


def update(configuration: dict, state: dict):
    for number in (1, 2, 3):
        op.upsert("items", {"id": number, "name": "first"})
    op.checkpoint({"page": 1})
    op.update("items", {"id": 1, "name": "changed"})
    op.delete("items", {"id": 2})
    op.truncate("items")
    raise RuntimeError("no second page")


connector = Connector(update=update, schema=schema)
