"""What update() raises is shown with its type, text, file and line."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    rows = {"known": 1}
    op.upsert("items", {"n": rows["known"]})
    op.upsert("items", {"n": rows["unknown column"]})


connector = Connector(update=update)
