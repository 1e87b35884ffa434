"""A composite key is in the order of primary_key; a row is the same one when all of its key is."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "stock", "primary_key": ["shop", "item", "day"],
             "columns": {"amount": "INT", "item": "LONG", "day": "NAIVE_DATE", "shop": "STRING"}}]


def update(configuration: dict, state: dict):
    for amount, (shop, item, day) in enumerate([("a", 1, "2026-01-01"), ("a", 1, "2026-01-02"), ("b", 1, "2026-01-01"),
                                                ("a", 2, "2026-01-01"), ("a", 1, "2026-01-01")]):
        op.upsert("stock", {"amount": amount, "day": day, "item": item, "shop": shop})
    op.update("stock", {"shop": "b", "item": 1, "day": "2026-01-01", "amount": 77})
    op.delete("stock", {"item": 2, "day": "2026-01-01", "shop": "a"})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
