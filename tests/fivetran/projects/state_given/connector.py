"""A state file that --state names goes before files/state.json."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("saw", {"cursor": state.get("cursor", "none")})
    op.checkpoint({"cursor": "from the connector"})


connector = Connector(update=update)
