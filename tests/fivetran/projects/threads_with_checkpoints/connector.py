"""Threads checkpoint too: rows a thread emitted before its checkpoint are stored with it."""
from fivetran_connector_sdk import Connector, Operations as op


from concurrent.futures import ThreadPoolExecutor


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "INT", "worker": "INT"}}]


def work(worker: int):
    for number in range(20):
        op.upsert("items", {"id": worker * 100 + number, "worker": worker})
    op.checkpoint({"some": "worker"})


def update(configuration: dict, state: dict):
    with ThreadPoolExecutor(max_workers=3) as pool:
        list(pool.map(work, range(3)))
    raise RuntimeError("after the workers")


connector = Connector(update=update, schema=schema)
