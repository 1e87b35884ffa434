"""A dict that JSON can't hold fails; the message names table, column, row and the type inside."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime


def schema(configuration: dict):
    return [{"table": "documents", "primary_key": ["id"], "columns": {"id": "INT"}}]


def update(configuration: dict, state: dict):
    op.upsert("documents", {"id": 4711, "body": {"when": datetime.date(2026, 1, 31)}})


connector = Connector(update=update, schema=schema)
