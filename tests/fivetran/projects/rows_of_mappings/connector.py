"""A row may be any mapping."""
from fivetran_connector_sdk import Connector, Operations as op


import collections
import types


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"]}]


class Record(collections.abc.Mapping):
    """As data frames and database drivers have rows."""

    def __init__(self, **values):
        self._values = values

    def __getitem__(self, name):
        return self._values[name]

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)


def update(configuration: dict, state: dict):
    op.upsert("items", types.MappingProxyType({"id": 1, "name": "proxy"}))
    op.upsert("items", Record(id=2, name="record"))
    op.upsert("items", collections.OrderedDict(id=3, name="ordered"))
    op.upsert("items", collections.ChainMap({"id": 4}, {"name": "chained"}))
    op.update("items", Record(id=2, name="changed"))
    op.delete("items", Record(id=3))
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
