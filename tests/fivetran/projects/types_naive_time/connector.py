"""NAIVE_TIME may be declared."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime


def schema(configuration: dict):
    return [{"table": "shifts", "primary_key": ["id"], "columns": {"id": "INT", "starts": "NAIVE_TIME"}}]


def update(configuration: dict, state: dict):
    op.upsert("shifts", {"id": 1, "starts": "08:30:00"})
    op.upsert("shifts", {"id": 2, "starts": datetime.time(23, 59, 59, 250000)})


connector = Connector(update=update, schema=schema)
