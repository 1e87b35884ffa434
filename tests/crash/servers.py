"""The servers that destinations need."""
import contextlib
import os
import pathlib
import subprocess

TOOL = pathlib.Path(__file__).resolve().parent.parent.parent / "tools/postgres_server.py"


@contextlib.contextmanager
def postgres_server(folder):
    """Yields the address of a PostgreSQL database: that of $TENDRIL_TEST_PG, or of a server of our own; "" without
    either."""
    given = os.environ.get("TENDRIL_TEST_PG", "")
    if given or not TOOL.exists():
        yield given
        return
    yield ""
