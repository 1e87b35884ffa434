"""Operations are called from coroutines that update() runs."""
from fivetran_connector_sdk import Connector, Operations as op


import asyncio


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING"}}]


async def fetch(number: int):
    await asyncio.sleep(0)
    op.upsert("items", {"id": number, "name": f"item {number}"})


async def everything():
    await asyncio.gather(*(fetch(number) for number in range(5)))


def update(configuration: dict, state: dict):
    asyncio.run(everything())
    op.checkpoint({"done": True})


connector = Connector(update=update, schema=schema)
