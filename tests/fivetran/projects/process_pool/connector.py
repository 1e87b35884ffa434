"""Rows that a pool of processes computes are emitted by the parent."""
from fivetran_connector_sdk import Connector, Operations as op


from concurrent.futures import ProcessPoolExecutor


def square(number: int):
    return {"id": number, "square": number * number}


def schema(configuration: dict):
    return [{"table": "squares", "primary_key": ["id"], "columns": {"id": "INT", "square": "INT"}}]


def update(configuration: dict, state: dict):
    with ProcessPoolExecutor(max_workers=2) as pool:
        for row in pool.map(square, range(10)):
            op.upsert("squares", row)
    op.checkpoint({"rows": 10})


connector = Connector(update=update, schema=schema)
