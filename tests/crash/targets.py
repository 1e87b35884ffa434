"""Where a run writes: an empty place of one destination, how the program names it, and how it is read."""
import shutil
from dataclasses import dataclass

import readers


@dataclass
class Target:
    """One place. `uri` is for the program; the rest is for the reader."""
    destination: str
    uri: str
    path: object = None    # The folder of what lies in files.
    schema: str = ""       # PostgreSQL's.
    dsn: str = ""


class Targets:
    """Makes targets and reads them."""

    def __init__(self, query, folder, postgres_dsn):
        self._folder = folder
        self._dsn = postgres_dsn
        self._readers = {"duckdb": readers.DuckdbReader(query), "postgres": readers.PostgresReader()}

    def has(self, destination):
        return destination in self._readers and (destination != "postgres" or bool(self._dsn))

    def make(self, destination, name):
        path = self._folder / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        if destination == "duckdb":
            return Target(destination, f"duckdb:{path / 'w.duckdb'}", path=path)
        raise ValueError(destination)

    def rows(self, target):
        return self._readers[target.destination].rows(target)

    def drop(self, target):
        shutil.rmtree(target.path, ignore_errors=True)
