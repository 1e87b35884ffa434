"""NaN is stored as NULL with a warning, and makes a column FLOAT; infinities stay."""
from fivetran_connector_sdk import Connector, Operations as op


NAN, INFINITY = float("nan"), float("inf")


def schema(configuration: dict):
    return [{"table": "readings", "primary_key": ["id"], "columns": {"id": "INT", "f": "FLOAT", "d": "DOUBLE"}}]


def update(configuration: dict, state: dict):
    op.upsert("readings", {"id": 1, "f": NAN, "d": NAN, "free": NAN})
    op.upsert("readings", {"id": 2, "f": INFINITY, "d": -INFINITY, "free": -INFINITY})
    op.upsert("readings", {"id": 3, "f": 1.5, "d": 2.5, "free": 3.5})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
