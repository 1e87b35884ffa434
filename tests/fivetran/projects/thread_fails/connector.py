"""An exception in a thread that update() raises again fails the sync."""
from fivetran_connector_sdk import Connector, Operations as op


from concurrent.futures import ThreadPoolExecutor


def work(number: int):
    if number == 2:
        raise ConnectionError("worker two lost its connection")
    op.upsert("items", {"n": number})


def update(configuration: dict, state: dict):
    op.checkpoint({"before": "workers"})
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(work, range(4)))


connector = Connector(update=update)
