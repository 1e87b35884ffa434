"""--style old has the wording of the lines and of the closing table that scripts look for."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"]}]


def update(configuration: dict, state: dict):
    op.upsert("items", {"id": 1})
    op.truncate("items")
    op.checkpoint({"n": 1})
    if configuration["fail"] == "yes":
        raise RuntimeError("as asked")


connector = Connector(update=update, schema=schema)
