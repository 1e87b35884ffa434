"""Values of libraries are what they stand for in declared columns, or are refused by name."""
from fivetran_connector_sdk import Connector, Operations as op


import datetime


class Whole:
    """An integer of a library, such as numpy has."""

    def __init__(self, number):
        self._number = number

    def __index__(self):
        return self._number


class NotATime(datetime.datetime):
    """As pandas has for a time that is not there: like no other, itself included, and without fields."""
    year = month = day = hour = float("nan")

    def __eq__(self, other):
        return False

    __hash__ = datetime.datetime.__hash__


def schema(configuration: dict):
    return [{"table": "values", "primary_key": ["id"],
             "columns": {"id": "INT", "yes": "BOOLEAN", "document": "XML", "day": "NAIVE_DATE", "at": "UTC_DATETIME"}}]


def update(configuration: dict, state: dict):
    op.upsert("values", {"id": 1, "yes": Whole(1), "document": b"<a>\xc3\xa9</a>"})
    op.upsert("values", {"id": Whole(2), "yes": Whole(0), "document": "<b/>"})
    for row in ({"id": 3, "yes": 0.5}, {"id": 4, "document": b"\xff"}, {"id": 5, "day": NotATime(2024, 1, 1)},
                {"id": 6, "at": NotATime(2024, 1, 1)}):
        try:
            op.upsert("values", row)
        except ValueError as wrong:
            print(wrong)
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
