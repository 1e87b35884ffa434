"""exit() with no status or 0 in update() counts as its return, with a warning."""
from fivetran_connector_sdk import Connector, Operations as op


import sys


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})
    op.checkpoint({"n": 1})
    op.upsert("items", {"n": 2})
    sys.exit(0 if configuration["status"] == "0" else None)


connector = Connector(update=update)
