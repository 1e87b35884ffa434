"""What is wrong in schema() is said before a row is read: table, column and what was expected."""
from fivetran_connector_sdk import Connector, Operations as op


import json


def schema(configuration: dict):
    return json.loads(configuration["schema"])


def update(configuration: dict, state: dict):
    op.upsert("rows", {"should": "not come"})


connector = Connector(update=update, schema=schema)
