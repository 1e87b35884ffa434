"""A JSON column holds what json.dumps writes; text is quoted once more."""
from fivetran_connector_sdk import Connector, Operations as op


VALUES = [{"a": 1, "b": {"c": [1.5, None, True]}}, [], "text", '{"already": "text"}', 5, 1.5, True,
          {"\u00fc": "\U0001f642"},
          {"quote": "\" \\ \n"},
          {1: "number as key", None: "none as key"}, None]


def schema(configuration: dict):
    return [{"table": "documents", "primary_key": ["id"], "columns": {"id": "INT", "body": "JSON"}}]


def update(configuration: dict, state: dict):
    for number, value in enumerate(VALUES):
        op.upsert("documents", {"id": number, "body": value})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
