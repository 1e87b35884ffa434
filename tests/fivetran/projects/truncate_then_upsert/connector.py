"""A truncate marks rows deleted that were written before it and not after it; it does not renew _fivetran_synced."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "people", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING", "age": "LONG"}}]


def update(configuration: dict, state: dict):
    if not state:
        for number, name in enumerate(["Ada", "Bob", "Eve"], 1):
            op.upsert("people", {"id": number, "name": name, "age": 20 + number})
        op.checkpoint({"run": 1})
        return
    op.upsert("people", {"id": 4, "name": "Dan"})
    op.truncate("people")
    op.upsert("people", {"id": 2, "name": "Bob", "age": 30})
    op.checkpoint({"run": 2})
    op.upsert("people", {"id": 5, "name": "Fay"})


connector = Connector(update=update, schema=schema)
