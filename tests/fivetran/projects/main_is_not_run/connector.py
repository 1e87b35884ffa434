"""Under tendril debug the part behind __name__ == '__main__' does not run."""
from fivetran_connector_sdk import Connector, Operations as op


def update(configuration: dict, state: dict):
    op.upsert("items", {"n": 1})


connector = Connector(update=update)

if __name__ == "__main__":
    raise SystemExit("it ran as a script")
