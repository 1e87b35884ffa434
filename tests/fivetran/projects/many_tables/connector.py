"""A hundred tables in one sync, without a declaration."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": f"table_{number:02}", "primary_key": ["id"]} for number in range(100)]


def update(configuration: dict, state: dict):
    for number in range(100):
        op.upsert(f"table_{number:02}", {"id": number})
    op.checkpoint({"tables": 100})


connector = Connector(update=update, schema=schema)
