"""A key for a table that had none is refused like another key."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    keyed = {"primary_key": ["n"]} if configuration["keyed"] == "yes" else {}
    return [{"table": "events", "columns": {"n": "INT"}, **keyed}]


def update(configuration: dict, state: dict):
    op.upsert("events", {"n": 1})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
