"""FIVETRAN naming of tables: accents, symbols, camelCase, runs of underscores, digits and underscores in front."""
from fivetran_connector_sdk import Connector, Operations as op


NAMES = ['CamelCase', 'with space', 'Montréal report', '2024 totals', '_hidden', '__twice', 'dots.and-dashes',
         'many___under', 'UPPER', '_1st']


def schema(configuration: dict):
    return [{"table": name, "primary_key": ["id"], "columns": {"id": "INT"}} for name in NAMES]


def update(configuration: dict, state: dict):
    for number, name in enumerate(NAMES):
        op.upsert(name, {"id": number})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
