"""Where a run writes: an empty place of one destination, how the program names it, and how it is read."""
import shutil
from dataclasses import dataclass

import readers

LAKES = ("parquet", "jsonl", "csv")


@dataclass
class Target:
    """One place. `uri` is for the program; the rest is for the reader."""
    destination: str
    uri: str
    path: object      # The folder of what lies in files.
    home: object      # Where the program keeps its records of runs.
    schema: str = ""  # PostgreSQL's.
    dsn: str = ""


class Targets:
    """Makes targets and reads them."""

    def __init__(self, query, folder, postgres_dsn):
        self._folder = folder
        self._dsn = postgres_dsn
        self._readers = {"duckdb": readers.DuckdbReader(query), "postgres": readers.PostgresReader()}
        self._readers |= {name: readers.LakeReader(query, name) for name in LAKES}

    def has(self, destination):
        return destination in self._readers and (destination != "postgres" or bool(self._dsn))

    def make(self, destination, name):
        path, home = self._folder / name, self._folder / f"{name}.home"
        for folder in (path, home):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        if destination == "duckdb":
            return Target(destination, f"duckdb:{path / 'w.duckdb'}", path, home)
        if destination == "postgres":
            schema = name.replace("-", "_")
            return Target(destination, f"{self._dsn}?schema={schema}", path, home, schema, self._dsn)
        return Target(destination, f"{destination}:{path}", path, home)

    def rows(self, target):
        """What a reader sees when no sync runs."""
        return self._readers[target.destination].rows(target)

    def committed(self, target):
        """What a reader sees at any time, also of what a killed sync left."""
        return self._readers[target.destination].committed(target)

    def drop(self, target):
        for folder in (target.path, target.home):
            shutil.rmtree(folder, ignore_errors=True)
        if target.schema:
            readers.run_psql(target, f"DROP SCHEMA IF EXISTS {target.schema} CASCADE")
