"""A configuration whose values are not all text is refused before the connector runs; the key is named, the values
are not shown."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"should": "not run"})


connector = Connector(update=update)
