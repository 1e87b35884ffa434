"""Operations on one row take effect in the order in which they were called, whatever the batches are."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": "people", "primary_key": ["id"], "columns": {"id": "LONG", "name": "STRING", "age": "LONG"}}]


def update(configuration: dict, state: dict):
    def upsert(key, **columns): return op.upsert("people", {"id": key, **columns})
    def change(key, **columns): return op.update("people", {"id": key, **columns})
    def delete(key): return op.delete("people", {"id": key})

    upsert(1, name="a", age=1), delete(1), upsert(1, name="b")
    upsert(2, name="a", age=1), change(2, name="b"), delete(2)
    delete(3), upsert(3, name="a")
    change(4, name="never"), upsert(4, age=4)
    upsert(5, name="a", age=1), change(5, name="b"), change(5, age=5)
    upsert(6, name="a", age=1), change(6, name="b"), upsert(6, age=6), change(6, name="c")
    upsert(7, name="a", age=7), delete(7), upsert(7, name="b"), delete(7)
    change(8, name="never"), delete(8)
    upsert(9, name="a", age=9), upsert(9, name="b", age=99), upsert(9, age=999)
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
