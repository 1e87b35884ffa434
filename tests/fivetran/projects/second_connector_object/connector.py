"""Other Connector objects than the one named connector are left alone."""
from fivetran_connector_sdk import Connector, Operations as op


def never(configuration: dict, state: dict):
    raise AssertionError("the wrong one ran")


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})


other = Connector(update=never)
connector = Connector(update=update)
