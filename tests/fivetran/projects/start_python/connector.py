"""python connector.py, which calls connector.debug(), does what tendril debug does."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "settings", "primary_key": ["key"], "columns": {"key": "STRING", "value": "STRING"}}]


def update(configuration: dict, state: dict):
    for key, value in configuration.items():
        op.upsert("settings", {"key": key, "value": value})
    op.upsert("settings", {"key": "runs", "value": str(state.get("runs", 0) + 1)})
    op.checkpoint({"runs": state.get("runs", 0) + 1})


connector = Connector(update=update, schema=schema)

if __name__ == "__main__":
    connector.debug()
