"""What goes to the logging of Python, or to warnings, reaches the user too."""
from fivetran_connector_sdk import Connector, Operations as op


import logging
import warnings


def update(configuration: dict, state: dict):
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("a.library").info("from a library")
    warnings.warn("something is old")
    op.upsert("items", {"n": 1})


connector = Connector(update=update)
