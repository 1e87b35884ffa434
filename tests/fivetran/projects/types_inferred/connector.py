"""Undeclared columns take their type from the value: bool, int, beyond 64 bits, float, bytes, dict, list, str."""
from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration: dict):
    return [{"table": kind, "primary_key": ["id"]} for kind in VALUES]


VALUES = {"flag": True, "whole": 2**63 - 1, "huge": 2**63, "real": 0.1, "raw": b"\x00\x01",
          "mapping": {"a": {"b": [1]}}, "listing": [1, "x", None], "text": "3", "nothing": None}


def update(configuration: dict, state: dict):
    for kind, value in VALUES.items():
        op.upsert(kind, {"id": 1, "value": value})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
