"""NAIVE_DATE takes text, dates and datetimes, from year 1 to 9999."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime

VALUES = ["2026-01-31", "2026-1-2", datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 23, 59),
          datetime.date(1, 1, 1), "0099-02-03", "1969-12-31", "9999-12-31", None]


def schema(configuration: dict):
    return [{"table": "days", "primary_key": ["id"], "columns": {"id": "INT", "day": "NAIVE_DATE"}}]


def update(configuration: dict, state: dict):
    for number, value in enumerate(VALUES):
        op.upsert("days", {"id": number, "day": value})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
