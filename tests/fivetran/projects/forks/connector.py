"""Processes that the connector starts neither disturb the sync nor hold it up."""
from fivetran_connector_sdk import Connector, Operations as op


import os
import subprocess
import sys


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    shown = subprocess.run([sys.executable, "-c", "print('from a child')"], capture_output=True, check=True)
    op.upsert("items", {"n": 2, "shown": shown.stdout.decode().strip()})
    subprocess.run([sys.executable, "-c", "print('straight to our output')"], check=True)
    op.checkpoint({"n": 2})
    subprocess.Popen(["sleep", "300"])  # It outlives the sync, and holds what it inherited.


connector = Connector(update=update)
