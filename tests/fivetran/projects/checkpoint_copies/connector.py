"""A checkpoint holds the state as it was at the call; later changes of the dict are not saved."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    state["cursor"] = state.get("cursor", 0) + 1
    state.setdefault("seen", []).append("first")
    op.checkpoint(state)
    state["cursor"] = -1
    state["seen"].append("never saved")


connector = Connector(update=update)
