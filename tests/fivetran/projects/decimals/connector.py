"""DECIMAL takes text, whole numbers and decimal.Decimal; more places than the scale are rounded half up."""
from fivetran_connector_sdk import Connector, Operations as op


from decimal import Decimal

VALUES = ["12.5", "-0.01", "0", "99999999.99", 7, -3, Decimal("12.50"), Decimal("1E+3"), Decimal("1E-2"), "1.005",
          "-1.005", " 1.5 ", "1e3", None]


def schema(configuration: dict):
    return [{"table": "prices", "primary_key": ["id"],
             "columns": {"id": "INT", "price": {"type": "DECIMAL", "precision": 10, "scale": 2},
                         "exact": {"type": "DECIMAL", "precision": 38, "scale": 0}}}]


def update(configuration: dict, state: dict):
    for number, value in enumerate(VALUES):
        op.upsert("prices", {"id": number, "price": value})
    op.upsert("prices", {"id": 100, "exact": "9" * 38})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
