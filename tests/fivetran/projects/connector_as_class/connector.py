"""update and schema may be bound methods."""
from fivetran_connector_sdk import Connector, Operations as op


class Shop:
    def __init__(self, table: str):
        self.table = table

    def schema(self, configuration: dict):
        return [{"table": self.table, "primary_key": ["id"], "columns": {"id": "INT"}}]

    def update(self, configuration: dict, state: dict):
        yield op.upsert(self.table, {"id": 1})
        yield op.checkpoint({})


shop = Shop("orders")
connector = Connector(update=shop.update, schema=shop.schema)
