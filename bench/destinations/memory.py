"""Peak memory of a sync by the number of its records: it has to be the same for few and for many."""
from dataclasses import dataclass

from destinations.places import place, server_for
from rest.benchmark import sync

LIMIT_MIB = 256
FLAT = 0.10  # The highest of a destination may be so much above its lowest.


@dataclass
class MemoryLine:
    destination: str
    records: int
    peak_rss_mib: float
    seconds: float


class MemoryBenchmark:
    """Takes one line for each destination and number of records."""

    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.lines = []
        self.figures = {}

    def measure(self):
        with server_for(self.options.destination, self.work) as server:
            for name in self.options.destination:
                for records in self.options.records:
                    with place(name, self.work, server) as uri:
                        result = sync(self.work, records, uri)
                    self.lines.append(MemoryLine(name, records, result.peak_rss_mib, result.seconds))
        for name in self.options.destination:
            peaks = self._peaks(name)
            self.figures[f"peak_rss_mib_{name}"] = max(peaks)
            self.figures[f"growth_{name}"] = max(peaks) / min(peaks) - 1

    def _peaks(self, name):
        return [line.peak_rss_mib for line in self.lines if line.destination == name]

    def missed(self):
        """What does not keep the promise, in a line each."""
        lines = []
        for name in self.options.destination:
            peak, growth = self.figures[f"peak_rss_mib_{name}"], self.figures[f"growth_{name}"]
            if peak > LIMIT_MIB:
                lines.append(f"{name}: {peak:.0f} MiB, more than {LIMIT_MIB}")
            if growth > FLAT:
                lines.append(f"{name}: grows by {growth:.0%} with the records, more than {FLAT:.0%}")
        return lines
