"""Deleting from and truncating a table that is not there does nothing, and creates nothing."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.delete("nowhere", {"id": 1})
    op.truncate("nowhere_else")
    op.update("not_here_either", {"id": 1, "name": "nobody"})
    op.checkpoint({})


connector = Connector(update=update)
