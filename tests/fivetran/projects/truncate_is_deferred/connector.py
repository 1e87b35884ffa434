"""A truncate takes effect at the successful end only: a failed sync keeps the rows, even when a checkpoint
followed."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "people", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING", "age": "LONG"}}]


def update(configuration: dict, state: dict):
    if configuration["do"] == "fill":
        op.upsert("people", {"id": 1, "name": "Ada"})
        op.upsert("people", {"id": 2, "name": "Bob"})
        op.checkpoint({"filled": True})
        return
    if configuration["do"] == "nothing":  # What a failed sync wanted to truncate is not remembered.
        return
    op.truncate("people")
    op.upsert("people", {"id": 2, "name": "Bob, again"})
    op.checkpoint({"truncated": True})
    if configuration["do"] == "fail":
        raise RuntimeError("after the truncate")


connector = Connector(update=update, schema=schema)
