"""An object named connector that is no Connector is refused, and its type is in the message."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})


connector = {"update": update}
