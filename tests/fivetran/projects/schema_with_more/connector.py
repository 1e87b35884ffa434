"""schema() may be a generator, and what it says beyond tables, keys and columns is told and left aside."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    yield {"table": "items", "primary_key": ["id", "id"], "columns": {"id": "INT"}, "description": "what there is"}
    yield {"table": "others", "primary_key": ["id"], "colums": {"id": "INT"}}


def update(configuration: dict, state: dict):
    op.upsert("items", {"id": 1})
    op.upsert("others", {"id": 1})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
