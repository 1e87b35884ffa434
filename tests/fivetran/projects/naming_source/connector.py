"""SOURCE naming keeps every name as it is."""
from fivetran_connector_sdk import Connector, Operations as op


NAMES = ['CamelCase', 'with space', 'Montréal', '2024', '_hidden', 'dots.and-dashes', 'many___under', 'qu"ote']


def schema(configuration: dict):
    return [{"table": name, "primary_key": ["Id"], "columns": {"Id": "INT", name: "STRING"}} for name in NAMES]


def update(configuration: dict, state: dict):
    for number, name in enumerate(NAMES):
        op.upsert(name, {"Id": number, name: "declared", f"more {name}": "not declared"})
    op.delete(NAMES[0], {"Id": 0})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
