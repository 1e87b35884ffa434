"""Log calls of every level come out with their level and text."""
from fivetran_connector_sdk import Connector, Operations as op
from fivetran_connector_sdk import Logging as log


def update(configuration: dict, state: dict):
    log.debug("debug text")
    log.fine("fine text")
    log.info("info text")
    log.warning("warning text")
    log.error("error text")
    log.severe("severe text")
    log.critical("critical text")
    try:
        raise ValueError("inside")
    except ValueError as fault:
        log.severe("with an exception", fault)
    log.info("several\nlines, {braces}, %s and ünïcode")


connector = Connector(update=update)
