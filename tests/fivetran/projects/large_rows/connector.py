"""Rows of megabytes arrive whole."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "files", "primary_key": ["id"],
             "columns": {"id": "INT", "text": "STRING", "raw": "BINARY", "nested": "JSON"}}]


def update(configuration: dict, state: dict):
    for number in (1, 2):
        op.upsert("files", {"id": number, "text": str(number) * 3_000_000, "raw": bytes([number]) * 1_000_000,
                            "nested": {"list": [number] * 100_000}})
    op.checkpoint({"files": 2})


connector = Connector(update=update, schema=schema)
