"""sys.exit() with a status, or before update(), ends the sync as a failure that names the call."""
from fivetran_connector_sdk import Connector, Operations as op


import sys


def schema(configuration: dict):
    if configuration.get("where") == "schema":
        sys.exit(0)
    return []


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})
    op.checkpoint({"n": 1})
    op.upsert("items", {"n": 2})
    sys.exit(3)


connector = Connector(update=update, schema=schema)
