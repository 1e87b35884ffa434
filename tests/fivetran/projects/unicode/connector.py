"""Text of any script is stored as it is."""
from fivetran_connector_sdk import Connector, Operations as op


TEXTS = ["plain", "Gr\u00fc\u00dfe", "e\u0301 is not \u00e9", "\u6f22\u5b57", "\u0645\u0631\u062d\u0628\u0627",
         "\U0001f468\u200d\U0001f469\u200d\U0001f467",
         "\ufeffbom", "tab\t, cr\r, nl\n", "' \" ` \\ %s {} $1 --", "\x7f \x1b[31m", "\uffff \U0010ffff"]


def schema(configuration: dict):
    return [{"table": "texts", "primary_key": ["key"], "columns": {"key": "STRING", "id": "INT"}}]


def update(configuration: dict, state: dict):
    for number, text in enumerate(TEXTS):
        op.upsert("texts", {"key": text, "id": number, "free": {text: text}})
    op.checkpoint({"last": TEXTS[-1]})


connector = Connector(update=update, schema=schema)
