"""What schema() raises fails the sync before update() runs, and is shown."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    raise LookupError("the catalogue is closed")


def update(configuration: dict, state: dict):
    op.upsert("rows", {"should": "not come"})


connector = Connector(update=update, schema=schema)
