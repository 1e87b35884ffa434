"""What is combined: fault points x destinations x write modes, and which of these can not be, with the reason.

The points come from the program. The tables here are checked: a destination must refuse a mode that is not in its
list (kit_test.py), and a point that a combination does not pass must have its line in NOT_PASSED, while a point with
a line must really not be passed.
"""
from dataclasses import dataclass

EVERY_MODE = ("merge", "append", "history", "replace")
# What each destination can.
DESTINATIONS = {
    "duckdb": EVERY_MODE,
    "postgres": EVERY_MODE,
    "parquet": EVERY_MODE,
    "jsonl": ("append", "replace"),
    "csv": ("append", "replace"),
}
FILES = ("parquet", "jsonl", "csv")
DATABASES = ("duckdb", "postgres")

# In mode append a stream that is read whole is added to by every sync, so that one more sync is a difference.
INCREMENTAL = "entries,events"
EVERYTHING = "accounts,entries,events,items"


@dataclass(frozen=True)
class Combination:
    point: str
    destination: str
    mode: str

    @property
    def streams(self):
        return INCREMENTAL if self.mode == "append" else EVERYTHING

    def __str__(self):
        return f"{self.point} {self.destination} {self.mode}"


# (points, destinations, modes, reason); None stands for all.
NOT_PASSED = (
    (("file-written", "file-synced", "file-renamed"), DATABASES, None,
     "the database writes the files, not the program"),
    (("table-swapped",), None, ("merge", "append", "history"), "only a replaced table is swapped"),
    (("rows-spilled",), None, ("merge",), "rows to be merged do not wait for their checkpoint"),
)

# The points at which a run that is stopped has commits before it.
ZOMBIE_POINTS = ("batch-staged", "commit-begun", "file-written", "file-synced", "file-renamed", "rows-applied",
                 "state-applied", "commit-point-passed", "commit-reported", "table-swapped")
# Those that come after the last commit when they are passed the last time: the run may end well.
AFTER_COMMIT = ("commit-point-passed", "commit-reported")

POWER_DESTINATIONS = ("duckdb", *FILES)
POWER_POINTS = ("batch-staged", "commit-begun", "file-written", "file-synced", "file-renamed", "rows-applied",
                "state-applied", "commit-point-passed", "commit-reported", "table-swapped", "stream-ended")

# What CI runs: every class and destination, and the points at which something else is half done.
QUICK = tuple((kind, Combination(*words.split())) for kind, words in (
    ("kill", "page-decoded duckdb merge"), ("kill", "state-applied duckdb merge"),
    ("kill", "commit-point-passed duckdb append"), ("kill", "commit-reported duckdb history"),
    ("kill", "table-swapped duckdb replace"), ("kill", "state-applied postgres merge"),
    ("kill", "commit-point-passed postgres history"), ("kill", "file-renamed parquet append"),
    ("kill", "file-written jsonl append"), ("kill", "commit-point-passed csv replace"),
    ("stop", "commit-begun duckdb merge"), ("stop", "commit-begun postgres merge"),
    ("stop", "state-applied parquet append"),
    ("power", "commit-reported duckdb append"), ("power", "commit-reported parquet append")))


def reason_not_passed(combination):
    """Why a combination can not come to its point; None when it can."""
    for points, destinations, modes, reason in NOT_PASSED:
        if (combination.point in points and (destinations is None or combination.destination in destinations)
                and (modes is None or combination.mode in modes)):
            return reason
    return None


def combinations(points, destinations, modes):
    return [Combination(point, destination, mode) for point in points for destination in destinations
            for mode in DESTINATIONS[destination] if mode in modes]
