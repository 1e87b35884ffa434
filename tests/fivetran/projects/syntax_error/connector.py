"""A connector.py that Python can't parse is refused with file and line."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict)
    op.upsert("items", {"n": 1})


connector = Connector(update=update)
