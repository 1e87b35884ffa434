"""--log-level hides what is below it."""
from fivetran_connector_sdk import Connector
from fivetran_connector_sdk import Logging as log


def update(configuration: dict, state: dict):
    log.fine("fine text")
    log.info("info text")
    log.warning("warning text")
    log.severe("severe text")


connector = Connector(update=update)
