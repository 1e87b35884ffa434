"""Connectors run by `tendril debug`, beside a Python that only builds the same rows, and the same connectors in C++."""
import json
import os
import pathlib
import re
import shutil
from dataclasses import dataclass

from children import ROOT, BenchError, note, run

PROJECTS = ROOT / "bench/fivetran/projects"
TENDRIL = ROOT / "build/release/tendril"
CONNECTOR = ROOT / "build/release/tendril_bench_connector"
IN_CPP = ("narrow", "wide")
RATIO_MOST = 2.0  # Of our time to that of Python alone.
ROWS = {"narrow": 1_000_000, "wide": 100_000, "nested": 300_000}
UPSERTS = re.compile(rb"^Upserts +\| (\d+)", re.M)


@dataclass
class Line:
    name: str
    records: int
    records_per_second: float
    records_per_cpu_second: float
    peak_rss_mib: float


class FivetranBenchmark:
    """Of several rounds the shortest time counts, for both."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = pathlib.Path(folder)
        self.lines = []
        self.figures = {}

    def measure(self):
        for name in self.options.project or ROWS:
            rows = max(1, int(ROWS[name] * self.options.scale))
            limit = self.best(f"python alone, {name}", rows, lambda: self.build(name, rows))
            ours = self.best(f"tendril debug, {name}", rows, lambda: self.debug(name, rows))
            self.figures[f"{name}: time of python alone × "] = ours / limit
            if name in IN_CPP:
                native = self.best(f"tendril debug, {name} in C++", rows, lambda: self.debug_native(name, rows))
                self.figures[f"{name} in C++: time of the project in Python × "] = native / ours

    def best(self, name, rows, call):
        note(name)
        runs = [call() for _ in range(self.options.rounds)]
        best = min(runs, key=lambda each: each.seconds)
        self.lines.append(Line(name, rows, rows / best.seconds, rows / best.cpu_seconds, best.peak_rss_mib))
        return best.seconds

    def build(self, name, rows):
        return run([self.options.python, ROOT / "bench/fivetran/build_rows.py", PROJECTS / name, rows])

    def debug(self, name, rows):
        project = self.folder / name
        shutil.rmtree(project, ignore_errors=True)
        shutil.copytree(PROJECTS / name, project, ignore=shutil.ignore_patterns("__pycache__"))
        done = run([TENDRIL, "debug", project, "--python", self.options.python],
                   env={**os.environ, "BENCH_ROWS": str(rows), "PYTHONDONTWRITEBYTECODE": "1"})
        return self.checked(done, name, rows)

    def debug_native(self, name, rows):
        project = self.folder / f"{name}-native"
        shutil.rmtree(project, ignore_errors=True)
        project.mkdir()
        (project / "configuration.json").write_text(json.dumps({"project": name, "rows": str(rows)}), encoding="utf-8")
        return self.checked(run([TENDRIL, "debug", CONNECTOR], cwd=project), name, rows)

    @staticmethod
    def checked(done, name, rows):
        told = UPSERTS.search(done.output)
        if told is None or int(told[1]) != rows:
            raise BenchError(f"tendril debug {name} did not take {rows} rows:\n{done.output.decode(errors='replace')}")
        return done

    def missed(self):
        return [f"{name}{value:.2f}, more than {RATIO_MOST}" for name, value in self.figures.items() if value > RATIO_MOST]
