"""An upload sends a file beside its row, which gets the path as _fivetran_file_path."""
from fivetran_connector_sdk import Connector, FileUpload, Operations as op


import io


def schema(configuration: dict):
    return [{"table": "documents", "primary_key": ["id"], "columns": {"id": "INT", "title": "STRING"}}]


def update(configuration: dict, state: dict):
    op.upsert("documents", {"id": 1, "title": "short"},
              file=FileUpload(path="letters/short.txt", stream=io.BytesIO(b"hello"), expected_bytes=5))
    op.upsert("documents", {"id": 2, "title": "long"},
              file=FileUpload("letters/long.bin", io.BytesIO(b"x" * 5_000_000)))
    op.upsert("documents", {"id": 3, "title": "none"})
    op.checkpoint({})


connector = Connector(update=update, schema=schema)
