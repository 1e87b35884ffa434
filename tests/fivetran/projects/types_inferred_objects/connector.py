"""Any other undeclared object is stored as its str()."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime
import decimal
import enum
import uuid


class Point:
    def __str__(self):
        return "a point"


class Colour(enum.Enum):
    RED = "red"


VALUES = {"date": datetime.date(2026, 1, 31), "datetime": datetime.datetime(2026, 1, 31, 12, 30, 0, 250000),
          "aware": datetime.datetime(2026, 1, 31, 12, 30, tzinfo=datetime.timezone.utc), "time": datetime.time(12, 30),
          "decimal": decimal.Decimal("1.50"), "uuid": uuid.UUID(int=5), "tuple": (1, "x"), "set": {7},
          "bytearray": bytearray(b"x"), "complex": 1 + 2j, "timedelta": datetime.timedelta(days=1), "object": Point(),
          "enum": Colour.RED}


def schema(configuration: dict):
    return [{"table": "objects", "primary_key": ["kind"], "columns": {"kind": "STRING"}}]


def update(configuration: dict, state: dict):
    for kind, value in VALUES.items():
        op.upsert("objects", {"kind": kind, "value": value})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
