"""A checkpoint of anything but a dict fails, and says what it got; nothing of it is saved."""
from fivetran_connector_sdk import Connector, Operations as op


STATES = {"list": [{"cursor": 1}], "string": "cursor=1", "number": 5, "none": None}


def update(configuration: dict, state: dict):
    op.upsert("items", {"name": "before"})
    op.checkpoint({"good": True})
    op.upsert("items", {"name": "after"})
    op.checkpoint(STATES[configuration["state"]])


connector = Connector(update=update)
