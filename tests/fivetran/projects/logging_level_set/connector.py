"""A connector that sets Logging.LOG_LEVEL gets no lines below it."""
from fivetran_connector_sdk import Connector, Logging as log, Operations as op


def update(configuration: dict, state: dict):
    log.info("told at first")
    log.LOG_LEVEL = log.Level.WARNING
    log.info("too quiet")
    log.debug("far too quiet")
    log.warning("loud enough")
    op.upsert("items", {"n": 1})
    op.checkpoint({})


connector = Connector(update=update)
