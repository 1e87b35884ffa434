"""An update changes the columns that it has, keeps the others, and never inserts."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "people", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING", "age": "LONG"}}]


def update(configuration: dict, state: dict):
    if not state:
        for number, name in enumerate(["Ada", "Bob", "Eve"], 1):
            op.upsert("people", {"id": number, "name": name, "age": 20 + number})
        op.checkpoint({"run": 1})
        return
    op.update("people", {"id": 1, "name": "Ada L."})
    op.update("people", {"id": 2, "age": None})
    op.update("people", {"id": 3})
    op.update("people", {"id": 99, "name": "nobody", "age": 1})
    op.checkpoint({"run": 2})


connector = Connector(update=update, schema=schema)
