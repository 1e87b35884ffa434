"""An empty configuration is an empty dict."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    for key, value in sorted(configuration.items()):
        op.upsert("settings", {"key": key, "value": value})
    op.upsert("settings", {"key": "count", "value": str(len(configuration))})
    op.checkpoint({})


connector = Connector(update=update, schema=lambda configuration: [{"table": "settings", "primary_key": ["key"]}])
