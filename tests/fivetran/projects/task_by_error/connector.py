"""op.error() ends the sync as a failure with its text; what was checkpointed stays."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})
    op.checkpoint({"n": 1})
    op.upsert("items", {"n": 2})
    op.error("the token has expired", "see the account page")


connector = Connector(update=update)
