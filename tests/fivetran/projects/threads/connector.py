"""Threads emit at the same time; nothing is lost or mixed."""
from fivetran_connector_sdk import Connector, Operations as op


import threading


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["worker", "n"],
             "columns": {"worker": "INT", "n": "INT", "text": "STRING"}}]


def work(worker: int):
    for number in range(50):
        op.upsert("items", {"worker": worker, "n": number, "text": f"{worker}-{number}"})


def update(configuration: dict, state: dict):
    workers = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    op.checkpoint({"workers": 4})


connector = Connector(update=update, schema=schema)
