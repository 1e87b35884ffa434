"""After tendril reset another key is taken."""
from fivetran_connector_sdk import Connector, Operations as op


import pathlib


def schema(configuration: dict):
    return [{"table": "stock", "primary_key": configuration["key"].split(),
             "columns": {"shop": "STRING", "item": "INT"}}]


def update(configuration: dict, state: dict):
    op.upsert("stock", {"shop": "a", "item": 1})
    op.checkpoint({"runs": state.get("runs", 0) + 1})


connector = Connector(update=update, schema=schema)
