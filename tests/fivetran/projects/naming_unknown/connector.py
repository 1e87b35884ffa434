"""A naming that is neither FIVETRAN nor SOURCE is refused, with the two that are."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})


connector = Connector(update=update)
