"""Whatever the connector prints reaches the user and never the data."""
from fivetran_connector_sdk import Connector, Operations as op


import os
import sys


def update(configuration: dict, state: dict):
    print("printed before")
    op.upsert("items", {"n": 1})
    sys.stdout.write("no newline at the end")
    os.write(1, b"\x00\xff\xfe raw bytes {\"op\": \"upsert\"}\n")
    print("to stderr", file=sys.stderr)
    op.upsert("items", {"n": 2})
    op.checkpoint({"n": 2})
    print("printed after")


connector = Connector(update=update)
