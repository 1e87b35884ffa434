"""JSON text is, to the letter, what Python's json.dumps writes: numbers, escapes, keys, tuples, order."""
from fivetran_connector_sdk import Connector, Operations as op


import collections
import enum


class Level(enum.IntEnum):
    HIGH = 3


VALUES = [0.1, 1e16, 1e15, 1e22, 1e-5, 0.0001, 123456789.123, -0.0, 2**70, 1e300, 5e-324, 100.0, float("nan"),
          [float("inf"), -float("inf")], (1, 2), {"tuple": ("a", ())}, {True: 1, 1.5: 2, None: 3, 7: 4}, Level.HIGH,
          {"level": Level.HIGH}, "\x00\x08\x0c\x1f\x7f\x80\u2028/", "\U0001f642\ud83d", {"\ud83d": 1},
          collections.OrderedDict(b=1, a=2), {"b": 1, "a": {"d": 1, "c": 2}}, [[[[]]], {}, "", 0, False, None]]


def schema(configuration: dict):
    return [{"table": "documents", "primary_key": ["id"], "columns": {"id": "INT", "body": "JSON"}}]


def update(configuration: dict, state: dict):
    for number, value in enumerate(VALUES):
        op.upsert("documents", {"id": number, "body": value})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
