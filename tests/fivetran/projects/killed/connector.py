"""A process that a signal ends fails the sync, and the signal is named."""
from fivetran_connector_sdk import Connector, Operations as op


import os
import signal


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})
    op.checkpoint({"n": 1})
    op.upsert("items", {"n": 2})
    os.kill(os.getpid(), getattr(signal, configuration["signal"]))


connector = Connector(update=update)
