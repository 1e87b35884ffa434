"""Rows of several tables come mixed, each with operations of its own."""
from fivetran_connector_sdk import Connector, Operations as op


TABLES = ("north", "south", "west")


def schema(configuration: dict):
    return [{"table": table, "primary_key": ["id"], "columns": {"id": "INT", "n": "INT"}} for table in TABLES]


def update(configuration: dict, state: dict):
    for number in range(6):
        for table in TABLES:
            op.upsert(table, {"id": number // 2, "n": number})
        op.update(TABLES[number % 3], {"id": 0, "n": 100 + number})
    op.delete("west", {"id": 1})
    op.truncate("south")
    op.checkpoint({"tables": 3})


connector = Connector(update=update, schema=schema)
