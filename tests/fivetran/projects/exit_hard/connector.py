"""A process that ends by os._exit() fails the sync, with its status; the last checkpoint stays."""
from fivetran_connector_sdk import Connector, Operations as op


import os


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})
    op.checkpoint({"n": 1})
    op.upsert("items", {"n": 2})
    os._exit(int(configuration["status"]))


connector = Connector(update=update)
