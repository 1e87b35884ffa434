"""UTC_DATETIME takes text with Z or an offset, and datetimes; one without a zone is taken as UTC."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime

EAST = datetime.timezone(datetime.timedelta(hours=5))
VALUES = ["2026-01-31T12:30:00Z", "2026-01-31T12:30:00+02:00", "2026-01-31T12:30:00-0530", "2026-01-31 12:30:00+0000",
          "2026-01-31T12:30:00.5Z", "2026-01-31T12:30:00.123456Z", datetime.datetime(2026, 1, 31, 12, 30),
          datetime.datetime(2026, 1, 31, 12, 30, 0, 6, tzinfo=EAST), "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]


def schema(configuration: dict):
    return [{"table": "moments", "primary_key": ["id"], "columns": {"id": "INT", "at": "UTC_DATETIME"}}]


def update(configuration: dict, state: dict):
    for number, value in enumerate(VALUES):
        op.upsert("moments", {"id": number, "at": value})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
