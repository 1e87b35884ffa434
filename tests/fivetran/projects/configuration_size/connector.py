"""A hundred keys are taken, one more is refused with the limit."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("sizes", {"keys": len(configuration)})


connector = Connector(update=update)
