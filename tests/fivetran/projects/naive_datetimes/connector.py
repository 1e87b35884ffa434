"""NAIVE_DATETIME keeps the clock reading of text and of datetimes; an aware one is turned to UTC first."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime

EAST = datetime.timezone(datetime.timedelta(hours=5))
VALUES = ["2026-01-31T12:30:00", "2026-01-31 12:30:00", "2026-01-31T12:30:00.25",
          datetime.datetime(2026, 1, 31, 12, 30, 0, 6), datetime.datetime(2026, 1, 31, 12, 30, tzinfo=EAST),
          "0099-12-31T23:59:59"]


def schema(configuration: dict):
    return [{"table": "moments", "primary_key": ["id"], "columns": {"id": "INT", "at": "NAIVE_DATETIME"}}]


def update(configuration: dict, state: dict):
    for number, value in enumerate(VALUES):
        op.upsert("moments", {"id": number, "at": value})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
