"""FIVETRAN naming of columns, declared or not: as for tables, but underscores in front stay."""
from fivetran_connector_sdk import Connector, Operations as op


NAMES = ['startTime', 'Test 123', 'vanId', 'userID', 'Ünïcödé', 'a-b.c', 'price ($)', '1st', '_lead', '__two',
         'a__b', 'trailing_', 'snake_case', 'ALLCAPS', 'Straße']


def schema(configuration: dict):
    half = NAMES[::2]
    return [{"table": "names", "primary_key": ["Row Id"],
              "columns": {"Row Id": "INT", **{name: "INT" for name in half}}}]


def update(configuration: dict, state: dict):
    op.upsert("names", {"Row Id": 1, **{name: number for number, name in enumerate(NAMES)}})
    op.update("names", {"Row Id": 1, "startTime": 100, "vanId": 102})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
