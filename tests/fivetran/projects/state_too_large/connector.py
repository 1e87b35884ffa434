"""A state over 10 MB fails, and says how large it is allowed to be."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"name": "before"})
    op.checkpoint({"small": True})
    op.checkpoint({"large": "x" * 11_000_000})


connector = Connector(update=update)
