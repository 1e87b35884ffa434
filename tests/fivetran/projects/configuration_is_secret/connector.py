"""Values of the configuration do not appear in what the program prints."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "INT"}}]


def update(configuration: dict, state: dict):
    op.upsert("items", {"id": 1})
    op.checkpoint({"id": 1})
    raise RuntimeError("something else went wrong")


connector = Connector(update=update, schema=schema)
