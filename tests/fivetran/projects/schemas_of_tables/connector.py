"""A table of a schema of its own lands as SCHEMA_TABLE."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"schema": "east", "table": "shop", "primary_key": ["id"], "columns": {"id": "INT"}},
            {"schema": "west", "table": "shop", "primary_key": ["id"], "columns": {"id": "INT"}}]


def update(configuration: dict, state: dict):
    for region in ("east", "west"):
        op.upsert("shop", {"id": 1, "city": region}, schema=region)
        op.upsert(schema=region, table="shop", data={"id": 2, "city": region})
    op.update("shop", {"id": 1, "city": "changed"}, schema="east")
    op.delete("shop", {"id": 2}, schema="west")
    op.upsert("plain", {"id": 1}, schema=None)
    op.truncate("gone", schema="east")
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
