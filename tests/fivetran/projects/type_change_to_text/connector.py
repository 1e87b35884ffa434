"""A column that gets text becomes VARCHAR, within a batch and between runs, and keeps what it had."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "readings", "primary_key": ["id"]}]


def update(configuration: dict, state: dict):
    if not state:
        op.upsert("readings", {"id": 1, "at_once": 5, "later": True})
        op.upsert("readings", {"id": 2, "at_once": "six"})
        op.checkpoint({"run": 1})
    else:
        op.upsert("readings", {"id": 3, "at_once": "seven", "later": "maybe"})
        op.checkpoint({"run": 2})


connector = Connector(update=update, schema=schema)
