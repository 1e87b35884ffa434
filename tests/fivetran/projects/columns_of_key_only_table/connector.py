"""A table that declares its key only has the key first, then the names of its first row in hash order."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "offers", "primary_key": ["zone", "id"]}]


def update(configuration: dict, state: dict):
    op.upsert("offers", {"price": 1.5, "town": "Oslo", "id": 7, "zone": "n", "colour": None})
    op.upsert("offers", {"id": 8, "zone": "s", "colour": "red"})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
