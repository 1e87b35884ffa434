"""Empty places of each destination, made and removed around a measurement, and the CPU time of their server."""
import contextlib
import os
import pathlib
import shutil
import subprocess

from children import ROOT, BenchError

SERVER_TOOL = ROOT / "tools/postgres_server.py"
TICKS = os.sysconf("SC_CLK_TCK")
PSQL = ("env", "PGOPTIONS=--client-min-messages=warning",
        "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname")
NAMES = ("duckdb", "postgres", "parquet", "jsonl", "csv")


class PostgresServer:
    """A private server for as long as the block lasts. With fsync, as in production."""

    def __init__(self, folder):
        self._folder = folder
        self._uri = None

    def __enter__(self):
        made = subprocess.run([SERVER_TOOL, "start", "--durable", self._folder], capture_output=True, text=True,
                              check=False)
        if made.returncode != 0:
            raise BenchError(f"PostgreSQL does not start: {made.stderr.strip()}")
        self._uri = made.stdout.strip()
        return self

    def __exit__(self, *_):
        subprocess.run([SERVER_TOOL, "stop", self._folder], check=False)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def uri(self):
        return self._uri

    def query(self, sql):
        subprocess.run([*PSQL, self._uri, "--command", sql], check=True, stdout=subprocess.DEVNULL)

    def cpu_seconds(self):
        """User and system time of the server and of all processes it ever had."""
        pid = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
        total = _ticks(pid, with_ended=True)
        for child in children.stdout.split():
            with contextlib.suppress(FileNotFoundError):
                total += _ticks(child, with_ended=False)
        return total / TICKS


def _ticks(pid, with_ended):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15 if with_ended else 13])


@contextlib.contextmanager
def place(name, work, server):
    """Yields the URI of an empty place."""
    if name == "postgres":
        server.query("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
        yield f"{server.uri}?schema=bench"
        server.query("DROP SCHEMA bench CASCADE; CHECKPOINT")
        return
    folder = work / f"place-{name}"
    folder.mkdir()
    try:
        yield f"duckdb:{folder / 'w.duckdb'}" if name == "duckdb" else f"{name}:{folder / 'lake'}"
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def server_for(names, work):
    """Yields a server when one of the destinations needs it, else None."""
    if "postgres" not in names:
        yield None
        return
    with PostgresServer(work / "postgres") as server:
        yield server
