"""A row may not set a system column; the message names table and column."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1, "_fivetran_synced": "2026-01-31T00:00:00Z"})
    op.checkpoint({})


connector = Connector(update=update)
