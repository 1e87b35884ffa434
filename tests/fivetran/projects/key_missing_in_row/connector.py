"""An upsert, update or delete without a value for the key fails, and names the table and the column of the key."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "stock", "primary_key": ["shop", "item"],
             "columns": {"shop": "STRING", "item": "INT", "n": "INT"}}]


OPERATIONS = {"upsert": lambda: op.upsert("stock", {"shop": "a", "n": 1}),
              "upsert of None": lambda: op.upsert("stock", {"shop": "a", "item": None, "n": 1}),
              "update": lambda: op.update("stock", {"shop": "a", "n": 1}),
              "delete": lambda: op.delete("stock", {"shop": "a"})}


def update(configuration: dict, state: dict):
    OPERATIONS[configuration["operation"]]()
    op.checkpoint({"went": "through"})


connector = Connector(update=update, schema=schema)
