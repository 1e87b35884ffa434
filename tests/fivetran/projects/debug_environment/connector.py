"""The variables that tell a connector where it runs are set as in a local debug run."""
from fivetran_connector_sdk import Connector, Operations as op


import os

NAMES = ("FIVETRAN_CONNECTION_ID", "FIVETRAN_CONNECTION_NAME", "FIVETRAN_DEPLOYMENT_MODEL", "FIVETRAN_GROUP_ID")


def update(configuration: dict, state: dict):
    for name in NAMES:
        op.upsert("variables", {"name": name, "content": os.environ.get(name)})
    op.checkpoint({})


connector = Connector(update=update, schema=lambda configuration: [
    {"table": "variables", "primary_key": ["name"], "columns": {"name": "STRING", "content": "STRING"}}])
