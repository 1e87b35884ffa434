"""A call with a wrong table or wrong data fails, and the message says what it got."""
from fivetran_connector_sdk import Connector, Operations as op


CALLS = {
    "table_none": lambda: op.upsert(None, {"id": 1}),
    "table_number": lambda: op.upsert(5, {"id": 1}),
    "table_empty": lambda: op.upsert("", {"id": 1}),
    "table_blank": lambda: op.truncate("  "),
    "data_list": lambda: op.upsert("rows", [{"id": 1}]),
    "data_none": lambda: op.upsert("rows", None),
    "column_number": lambda: op.upsert("rows", {"id": 1, 5: "x"}),
    "keys_list": lambda: op.delete("rows", ["id"]),
}


def update(configuration: dict, state: dict):
    CALLS[configuration["call"]]()


connector = Connector(update=update)
