"""python connector.py ends with a failure when the sync does."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    raise RuntimeError("no luck")


connector = Connector(update=update)

if __name__ == "__main__":
    connector.debug()
