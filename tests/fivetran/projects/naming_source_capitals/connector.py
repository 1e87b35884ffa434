"""With SOURCE naming, tables whose names differ by capitals only are one, and columns get a number; both are told."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "People", "primary_key": ["id"], "columns": {"id": "INT", "Name": "STRING"}}]


def update(configuration: dict, state: dict):
    op.upsert("People", {"id": 1, "Name": "Ada"})
    op.upsert("people", {"id": 2, "Name": "Bob", "name": "bob"})
    op.update("PEOPLE", {"id": 1, "name": "ada"})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
