"""A configuration that is no JSON object, or no JSON, is refused, and the file is named."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"should": "not run"})


connector = Connector(update=update)
