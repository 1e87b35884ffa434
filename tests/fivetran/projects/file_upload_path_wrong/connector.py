"""A path of an upload that is empty or ends in a slash is refused."""
from fivetran_connector_sdk import Connector, FileUpload, Operations as op


import io


def update(configuration: dict, state: dict):
    op.upsert("documents", {"id": 1}, file=FileUpload(configuration["path"], io.BytesIO(b"x")))


connector = Connector(update=update)
