"""With SOURCE naming, schema() may not declare two tables whose names differ by capitals only."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "People", "primary_key": ["id"], "columns": {"id": "INT"}},
            {"table": "people", "primary_key": ["name"], "columns": {"name": "STRING"}}]


def update(configuration: dict, state: dict):
    op.upsert("people", {"name": "should not come"})


connector = Connector(update=update, schema=schema)
