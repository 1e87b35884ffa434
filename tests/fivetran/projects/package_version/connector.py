"""The package says which version of the interface it has."""
import fivetran_connector_sdk
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    major = int(fivetran_connector_sdk.__version__.split(".")[0])
    op.upsert("versions", {"major": major})


connector = Connector(update=update)
