"""A module that is not installed is named, with the line that imports it and what to do."""
from fivetran_connector_sdk import Connector, Operations as op


import a_module_that_nobody_has


def update(configuration: dict, state: dict):
    a_module_that_nobody_has.work()


connector = Connector(update=update)
