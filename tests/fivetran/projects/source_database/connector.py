"""A connector that follows a database by a cursor: new, changed and deleted rows over three runs."""
from fivetran_connector_sdk import Connector, Operations as op


import sqlite3

STEPS = {
    "1": ["CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL, changed TEXT, gone INTEGER DEFAULT 0)",
          "INSERT INTO orders VALUES (1, 9.5, '2026-01-01T00:00:00Z', 0), (2, 20, '2026-01-02T00:00:00Z', 0)"],
    "2": ["UPDATE orders SET total = 21.25, changed = '2026-01-03T00:00:00Z' WHERE id = 2",
          "INSERT INTO orders VALUES (3, NULL, '2026-01-03T00:00:00Z', 0)"],
    "3": ["UPDATE orders SET gone = 1, changed = '2026-01-04T00:00:00Z' WHERE id = 1"]}


def schema(configuration: dict):
    return [{"table": "orders", "primary_key": ["id"],
             "columns": {"id": "LONG", "changed": "UTC_DATETIME",
                         "total": {"type": "DECIMAL", "precision": 12, "scale": 2}}}]


def update(configuration: dict, state: dict):
    with sqlite3.connect("shop.sqlite") as shop:
        for statement in STEPS[configuration["step"]]:
            shop.execute(statement)
    cursor = state.get("cursor", "")
    rows = shop.execute("SELECT id, total, changed, gone FROM orders WHERE changed > ? ORDER BY changed, id", (cursor,))
    for key, total, changed, gone in rows:
        if gone:
            op.delete("orders", {"id": key})
        else:
            op.upsert("orders", {"id": key, "total": None if total is None else f"{total:.2f}", "changed": changed})
        cursor = changed
    op.checkpoint({"cursor": cursor})


connector = Connector(update=update, schema=schema)
