"""Words that SQL reserves are good names of tables and columns."""
from fivetran_connector_sdk import Connector, Operations as op


WORDS = ['order', 'default', 'group', 'check', 'desc', 'select', 'table', 'primary', 'from', 'user', 'index', 'values']


def schema(configuration: dict):
    return [{"table": word, "primary_key": ["order"], "columns": {"order": "INT", "default": "STRING"}}
            for word in WORDS]


def update(configuration: dict, state: dict):
    for word in WORDS:
        op.upsert(word, {"order": 1, "default": word, **{other: True for other in WORDS[2:]}})
        op.upsert(word, {"order": 2, "default": "goes"})
        op.update(word, {"order": 1, "default": "changed", "group": False})
        op.delete(word, {"order": 2})
    op.truncate("desc")
    op.checkpoint({"order": "default"})


connector = Connector(update=update, schema=schema)
