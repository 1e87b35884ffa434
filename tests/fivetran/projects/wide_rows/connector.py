"""Two hundred declared columns, in declared order."""
from fivetran_connector_sdk import Connector, Operations as op


NAMES = [f"column_{number:03}" for number in range(200)]


def schema(configuration: dict):
    return [{"table": "wide", "primary_key": ["id"],
             "columns": {"id": "INT", **{name: "INT" for name in reversed(NAMES)}}}]


def update(configuration: dict, state: dict):
    op.upsert("wide", {"id": 1, **{name: number for number, name in enumerate(NAMES)}})
    op.upsert("wide", {"id": 2, NAMES[-1]: 5})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
