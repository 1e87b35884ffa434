"""A delete marks the row, keeps its columns and renews _fivetran_synced; an upsert revives it."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "people", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING", "age": "LONG"}}]


def update(configuration: dict, state: dict):
    run = state.get("run", 0) + 1
    if run == 1:
        for number, name in enumerate(["Ada", "Bob", "Eve"], 1):
            op.upsert("people", {"id": number, "name": name, "age": 20 + number})
    if run == 2:
        op.delete("people", {"id": 1})
        op.delete("people", keys={"id": 2})
        op.delete("people", {"id": 99})
    if run == 3:
        op.upsert("people", {"id": 2, "name": "Bob again"})
    op.checkpoint({"run": run})


connector = Connector(update=update, schema=schema)
