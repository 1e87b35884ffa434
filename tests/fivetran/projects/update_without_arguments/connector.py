"""An update() that does not take two arguments is refused, and told what it should take."""
from fivetran_connector_sdk import Connector, Operations as op


def update():
    op.upsert("items", {"n": 1})


connector = Connector(update=update)
