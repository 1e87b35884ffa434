"""A Connector object with another name is refused, and the name found is in the message."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})


my_connector = Connector(update=update)
