"""op.warning() shows its text, and the sync goes on."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.warning("the source is slow today")
    op.upsert("items", {"n": 1})
    op.checkpoint({})


connector = Connector(update=update)
