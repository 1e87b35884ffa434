"""Two tables that get one name are one table, with a warning that names both."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "userData", "primary_key": ["id"], "columns": {"id": "INT", "n": "INT"}}]


def update(configuration: dict, state: dict):
    op.upsert("userData", {"id": 1, "n": 1})
    op.upsert("user.data", {"id": 2, "n": 2})
    op.upsert("user.data", {"id": 1, "n": 3})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
