"""A state that JSON can't hold fails at the checkpoint and names the type."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime


def update(configuration: dict, state: dict):
    op.upsert("items", {"name": "before"})
    op.checkpoint({"cursor": datetime.datetime(2026, 1, 31)})


connector = Connector(update=update)
