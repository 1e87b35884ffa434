"""Ten million rows are yielded and stored, in bounded memory."""
from fivetran_connector_sdk import Connector, Operations as op


import resource

ROWS = 10_000_000
MEMORY_MAX_KB = 1_000_000


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "INT", "n": "LONG"}}]


def update(configuration: dict, state: dict):
    for number in range(ROWS):
        yield op.upsert("items", {"id": number, "n": number * number})
        if number % 1_000_000 == 999_999:
            yield op.checkpoint({"row": number})
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if used > MEMORY_MAX_KB:
        raise MemoryError(f"the connector grew to {used} kB")


connector = Connector(update=update, schema=schema)
