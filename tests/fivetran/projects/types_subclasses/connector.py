"""Subclasses of the plain types are what they derive from."""
from fivetran_connector_sdk import Connector, Operations as op


import collections
import enum


class Level(enum.IntEnum):
    HIGH = 3


class Name(str):
    pass


def schema(configuration: dict):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "INT"}}]


def update(configuration: dict, state: dict):
    op.upsert("items", {"id": 1, "level": Level.HIGH})
    op.upsert("items", {"id": 1, "level": Level.HIGH, "name": Name("ada")})
    op.upsert("items", collections.OrderedDict(id=1, level=3, name="ada", counts=collections.Counter("aab")))
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
