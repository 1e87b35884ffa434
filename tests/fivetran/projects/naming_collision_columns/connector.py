"""Two columns of a row that get one name are one column, with a warning that names both."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "contributions", "primary_key": ["id"], "columns": {"id": "INT"}}]


def update(configuration: dict, state: dict):
    op.upsert("contributions", {"id": 1, "vanId": 4711, "van_id": 4711})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
