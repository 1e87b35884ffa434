"""A sync that emits nothing succeeds; declared columns make a table, a key alone does not."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "declared", "primary_key": ["id"], "columns": {"id": "INT", "at": "UTC_DATETIME"}},
            {"table": "key_only", "primary_key": ["id"]}]


def update(configuration: dict, state: dict):
    return None


connector = Connector(update=update, schema=schema)
