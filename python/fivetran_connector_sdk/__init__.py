"""The interface of the Fivetran Connector SDK, for projects that `tendril debug` runs.

Connectors import from here as they do from the package of that name: Connector, Operations, Logging, FileUpload,
ByteStream, ConfigurationForm, Test and form_field. Operations go to the program through a native module; see
python/native.
"""
from ._connector import Connector
from ._files import ByteStream, FileUpload
from ._forms import ConfigurationForm, Test, form_field
from ._logging import Logging
from ._operations import Operations

__version__ = "2.13.1+tendril"  # The interface is that of this version.
__all__ = ["ByteStream", "ConfigurationForm", "Connector", "FileUpload", "Logging", "Operations", "Test", "form_field"]
