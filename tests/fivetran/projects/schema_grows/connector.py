"""A later run may declare more tables and more columns."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    more = {"note": "STRING"} if configuration["run"] == "2" else {}
    tables = [{"table": "a", "primary_key": ["id"], "columns": {"id": "INT", **more}}]
    return tables + ([{"table": "b", "primary_key": ["id"], "columns": {"id": "INT"}}] if more else [])


def update(configuration: dict, state: dict):
    if configuration["run"] == "1":
        op.upsert("a", {"id": 1})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
