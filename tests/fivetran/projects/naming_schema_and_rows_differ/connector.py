"""schema() and the rows may spell a name differently, as long as the rules make them one."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "Work Orders", "primary_key": ["OrderId"],
             "columns": {"OrderId": "INT", "dueDate": "NAIVE_DATE"}}]


def update(configuration: dict, state: dict):
    op.upsert("work_orders", {"order_id": 1, "due_date": "2026-01-31"})
    op.update("Work Orders", {"OrderId": 1, "Due Date": "2026-02-01"})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
