import os

from fivetran_connector_sdk import Connector, Operations as op
from rows import rows


def schema(configuration: dict):
    return [{"table": "rows", "primary_key": ["id"]}]


def update(configuration: dict, state: dict):
    for row in rows(int(os.environ["BENCH_ROWS"])):
        op.upsert("rows", row)
    op.checkpoint({"done": True})


connector = Connector(update=update, schema=schema)
