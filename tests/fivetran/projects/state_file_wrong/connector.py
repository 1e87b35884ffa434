"""A state file that is no JSON object fails before the connector runs, and is named."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"name": "should not run"})


connector = Connector(update=update)
