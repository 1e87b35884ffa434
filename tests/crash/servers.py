"""The servers that destinations need."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

TOOL = pathlib.Path(__file__).resolve().parent.parent.parent / "tools/postgres_server.py"
NOT_INSTALLED = 3


@contextlib.contextmanager
def postgres_server():
    """Yields the address of a PostgreSQL database: that of $TENDRIL_TEST_PG, or of a server of our own; "" where none
    is installed."""
    given = os.environ.get("TENDRIL_TEST_PG", "")
    if given:
        yield given
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="crash-postgres-"))
    folder.chmod(0o755)  # The server may run as another user.
    try:
        made = subprocess.run([TOOL, "start", folder / "server"], capture_output=True, text=True, check=False)
        if made.returncode not in (0, NOT_INSTALLED):
            raise RuntimeError(f"PostgreSQL does not start: {made.stderr.strip()}")
        yield made.stdout.strip()
    finally:
        subprocess.run([TOOL, "stop", folder / "server"], check=False)
        shutil.rmtree(folder, ignore_errors=True)
