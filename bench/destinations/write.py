"""Rows per CPU-second into each destination, beside what the destination's own loader makes of the same rows.

Ours writes Arrow batches that are ready in memory. A loader reads them from a CSV file (DuckDB's COPY, psql's \\copy),
or writes a table that is ready in memory (DuckDB's COPY ... TO). The CPU time of PostgreSQL's server counts for both.
"""
import json
from dataclasses import dataclass

from children import BenchError, note, run
from destinations.places import PSQL, place, server_for
from rest.benchmark import HELPER, helper

RATIO_LEAST = 0.7
COLUMNS = ("id BIGINT, name VARCHAR, email VARCHAR, active BOOLEAN, score DOUBLE, quantity BIGINT, "
           "created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, city VARCHAR, note VARCHAR")
POSTGRES_COLUMNS = COLUMNS.replace("VARCHAR", "text").replace("DOUBLE", "double precision")
MODES = {"duckdb": ("append", "merge"), "postgres": ("append", "merge"), "parquet": ("append", "merge"),
         "jsonl": ("append",), "csv": ("append",)}
FORMATS = {"parquet": "FORMAT parquet", "csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json"}


@dataclass
class WriteLine:
    name: str
    records: int
    rows_per_cpu_second: float
    ratio: float = None


def quoted(text):
    return "'" + str(text).replace("'", "''") + "'"


class WriteBenchmark:
    """Ours and the loader take turns, so that both meet the same machine; the best of each counts."""

    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.csv = work / "records.csv"
        self.lines = []
        self.figures = {}

    def measure(self):
        self._make_files()
        with server_for(self.options.destination, self.work) as server:
            for name in self.options.destination:
                self._measure_one(name, server)

    def _make_files(self):
        note(f"making {self.options.records:,} rows")
        json_file = self.work / "records.json"
        run([HELPER, "write-json", json_file, self.options.records])
        columns = ", ".join(f"{column.split()[0]}: '{column.split()[1]}'" for column in COLUMNS.split(", "))
        source = f"read_json({quoted(json_file)}, format='newline_delimited', columns={{{columns}}})"
        helper("bulk", ":memory:", "", f"COPY (SELECT * FROM {source}) TO {quoted(self.csv)} (FORMAT csv, HEADER)")
        json_file.unlink()

    def _measure_one(self, name, server):
        ours, loads = {mode: [] for mode in MODES[name]}, []
        for _ in range(self.options.rounds):
            loads.append(self._load(name, server))
            for mode, taken in ours.items():
                note(f"{name}, {mode}")
                with place(name, self.work, server) as uri:
                    before = server.cpu_seconds() if name == "postgres" else 0
                    seconds = json.loads(run([HELPER, "write", uri, mode, self.options.records]).output)["cpu_seconds"]
                    taken.append(seconds + (server.cpu_seconds() - before if name == "postgres" else 0))
        loader = min(loads)
        self._add(f"{name}: its own loader", loader)
        for mode, taken in ours.items():
            line = self._add(f"{name}: ours, {mode}", min(taken))
            line.ratio = loader / min(taken)
            self.figures[f"ratio_{name}_{mode}"] = line.ratio

    def _add(self, name, cpu_seconds):
        line = WriteLine(name, self.options.records, self.options.records / cpu_seconds)
        self.lines.append(line)
        return line

    def _load(self, name, server):
        """Returns the CPU seconds of the destination's own loader."""
        note(f"{name}, its own loader")
        if name == "postgres":
            return self._psql(server)
        folder = self.work / "loader"
        folder.mkdir()
        try:
            if name == "duckdb":
                return helper("bulk", folder / "w.duckdb", f"CREATE TABLE records({COLUMNS})",
                              f"COPY records FROM {quoted(self.csv)} (FORMAT csv, HEADER)")["cpu_seconds"]
            prepare = f"CREATE TABLE records({COLUMNS}); COPY records FROM {quoted(self.csv)} (FORMAT csv, HEADER)"
            return helper("bulk", ":memory:", prepare,
                          f"COPY records TO {quoted(folder / 'records')} ({FORMATS[name]})")["cpu_seconds"]
        finally:
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()

    def _psql(self, server):
        with place("postgres", self.work, server):
            server.query(f"CREATE TABLE bench.records({POSTGRES_COLUMNS})")
            before = server.cpu_seconds()
            copy = f"\\copy bench.records FROM {quoted(self.csv)} (FORMAT csv, HEADER)"
            client = run([*PSQL, server.uri, "--command", copy])
            return client.cpu_seconds + server.cpu_seconds() - before

    def missed(self):
        if not self.figures:
            raise BenchError("nothing was measured")
        return [f"{key}: {value:.2f}, less than {RATIO_LEAST}" for key, value in self.figures.items()
                if value < RATIO_LEAST]
