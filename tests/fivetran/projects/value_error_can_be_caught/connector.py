"""A value that does not fit raises at the call, so a connector may catch it and go on."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "measures", "primary_key": ["id"], "columns": {"id": "INT", "amount": "INT"}},
            {"table": "errors", "primary_key": ["id"], "columns": {"id": "INT", "kind": "STRING"}}]


def update(configuration: dict, state: dict):
    for number, value in enumerate([1, "two", 3]):
        try:
            op.upsert("measures", {"id": number, "amount": value})
        except (TypeError, ValueError):
            op.upsert("errors", {"id": number, "kind": "refused"})
    op.checkpoint({"rows": 3})


connector = Connector(update=update, schema=schema)
