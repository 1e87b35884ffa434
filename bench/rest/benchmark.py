"""Pages of JSON over HTTP into null: and into DuckDB, beside what DuckDB does alone and what other tools do."""
import json
import os
import tempfile
from dataclasses import dataclass

from children import ROOT, BenchError, note, run, server
from peers import PYTHON, ensure_peers

TENDRIL = ROOT / "build/release/tendril"
HELPER = ROOT / "build/release/tendril_bench"
HERE = ROOT / "bench/rest"
MANIFEST = HERE / "manifest.yaml"
PLAIN, TEMPLATES = "records", "templates"  # The streams of the manifest.
DUCKDB_MEMORY_MB = 50  # What the duckdb destination gives itself: 48 MiB.
BLOCK_BYTES = 1 << 20
RECORDS_PER_PAGE = 1000


@dataclass
class Line:
    """One line of the table. A rate that was not measured is None."""
    name: str
    records: int
    records_per_second: float
    records_per_cpu_second: float = None
    peak_rss_mib: float = None


def records_served(records):
    return server([HELPER, "serve", 0, records])


def sync(work, records, destination, stream=PLAIN):
    """Runs `tendril sync` and checks that every record arrived."""
    note(f"tendril → {destination.split(':')[0]}:, {stream}, {records:,} records")
    with records_served(records) as base_url:
        config = work / "config.json"
        config.write_text(json.dumps({"base_url": base_url}))
        result = run([TENDRIL, "sync", MANIFEST, "--config", config, "--to", destination, "--stream", stream,
                      "--log-format", "json"])
    lines = [json.loads(line) for line in result.errors.splitlines()]
    report = next((line["report"] for line in lines if line["message"] == "sync report"), None)
    if report is None:
        raise BenchError("the sync ended without a report")
    expect("sync", sum(stream["rows_written"] for stream in report["streams"]), kept(stream, records))
    return result


def kept(stream, records):
    """How many of these records the stream has: the filter drops those of the first of twelve months."""
    if stream == PLAIN:
        return records
    def kept_of_page(size):
        return sum(number % 12 != 0 for number in range(size))

    pages, rest = divmod(records, RECORDS_PER_PAGE)
    return pages * kept_of_page(RECORDS_PER_PAGE) + kept_of_page(rest)


def expect(who, read, records):
    if read != records:
        raise BenchError(f"{who} brought {read:,} of {records:,} records")


def helper(*arguments):
    return json.loads(run([HELPER, *arguments]).output)


def remove(file):
    """Removes a database with the log beside it."""
    for name in (file, file.with_name(file.name + ".wal")):
        name.unlink(missing_ok=True)


def count_records(stream):
    """Reads the messages of the CDK and returns the number of records among them."""
    records, rest = 0, b""
    while block := stream.read(BLOCK_BYTES):
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        records += sum(line.startswith((b'{"type":"RECORD"', b'{"type": "RECORD"')) for line in lines)
    return records


def cdk(_work, records, stream=PLAIN):
    note(f"airbyte-cdk → null, {stream}, {records:,} records")
    with records_served(records) as base_url:
        result = run([PYTHON, HERE / "cdk_source.py", MANIFEST, base_url, stream], read=count_records)
    expect("airbyte-cdk", result.output, kept(stream, records))
    return result


def cdk_templates(work, records):
    return cdk(work, records, TEMPLATES)


def dlt(work, records):
    note(f"dlt → duckdb, {records:,} records")
    file = work / "dlt.duckdb"
    with tempfile.TemporaryDirectory(dir=work) as folder, records_served(records) as base_url:
        quiet = os.environ | {"DLT_DATA_DIR": folder, "RUNTIME__DLTHUB_TELEMETRY": "false"}
        result = run([PYTHON, HERE / "dlt_pipeline.py", base_url, file, folder], env=quiet)
    expect("dlt", int(result.output.split()[-1]), records)
    remove(file)
    return result


class RestBenchmark:
    """Takes the figures one by one into `lines` and `figures`."""

    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.lines = []
        self.figures = {}

    def measure(self):
        if self.options.peers:
            ensure_peers()  # First: what can fail should not fail after minutes.
        null = self.into_null("tendril → null:", PLAIN)
        self.figures["records_per_cpu_second_null"] = null.records_per_cpu_second
        templates = self.into_null("tendril → null:, templates", TEMPLATES)
        self.figures["records_per_cpu_second_templates"] = templates.records_per_cpu_second
        rate = self.into_duckdb()
        self.from_file(rate)
        if self.options.records_large:
            self.large()
        if self.options.peers:
            self.peers(null, templates, rate)

    def add(self, name, records, result):
        line = Line(name, records, records / result.seconds, records / result.cpu_seconds, result.peak_rss_mib)
        self.lines.append(line)
        return line

    def into_null(self, name, stream):
        records = self.options.records
        runs = [sync(self.work, records, "null:", stream) for _ in range(self.options.rounds)]
        return self.add(name, records, min(runs, key=lambda each: each.cpu_seconds))

    def into_duckdb(self):
        """The sync and its limit take turns, so that both meet the same machine."""
        records, file = self.options.records, self.work / "sync.duckdb"
        runs, limits = [], []
        for _ in range(self.options.rounds):
            note(f"limit: append, {records:,} records")
            limits.append(helper("append", file, records, DUCKDB_MEMORY_MB)["seconds"])
            remove(file)
            runs.append(sync(self.work, records, f"duckdb:{file}"))
            remove(file)
        line = self.add("tendril → duckdb:", records, min(runs, key=lambda each: each.seconds))
        limit = Line("limit: append the same batches", records, records / min(limits))
        self.lines.append(limit)
        line.peak_rss_mib = max(each.peak_rss_mib for each in runs)
        self.figures["ratio_duckdb_append"] = line.records_per_second / limit.records_per_second
        self.figures["peak_rss_mib_1m"] = line.peak_rss_mib
        return line

    def from_file(self, duckdb):
        records, file, json_file = self.options.records, self.work / "json.duckdb", self.work / "records.json"
        note(f"DuckDB read_json, {records:,} records")
        run([HELPER, "write-json", json_file, records])
        seconds = min(helper("read-json", file, json_file, DUCKDB_MEMORY_MB)["seconds"]
                      for _ in self.each_time_without(file))
        json_file.unlink()
        line = Line("DuckDB read_json from disk", records, records / seconds)
        self.lines.append(line)
        self.figures["ratio_duckdb_read_json"] = duckdb.records_per_second / line.records_per_second

    def each_time_without(self, file):
        for number in range(self.options.rounds):
            yield number
            remove(file)

    def large(self):
        file = self.work / "large.duckdb"
        line = self.add("tendril → duckdb:", self.options.records_large,
                        sync(self.work, self.options.records_large, f"duckdb:{file}"))
        remove(file)
        self.figures["peak_rss_mib_10m"] = line.peak_rss_mib

    def peers(self, null, templates, duckdb):
        line = self.peer("airbyte-cdk → null", cdk)
        self.figures["ratio_cdk_per_cpu_second"] = null.records_per_cpu_second / line.records_per_cpu_second
        line = self.peer("airbyte-cdk → null, templates", cdk_templates)
        self.figures["ratio_cdk_templates"] = templates.records_per_cpu_second / line.records_per_cpu_second
        line = self.peer("dlt → duckdb", dlt)
        self.figures["ratio_dlt"] = duckdb.records_per_second / line.records_per_second

    def peer(self, name, measure):
        """A peer's line without its start: what it takes for no records is not held against it."""
        records, rounds = self.options.peer_records, range(self.options.peer_rounds)
        starts = [measure(self.work, 0) for _ in rounds]
        runs = [measure(self.work, records) for _ in rounds]

        def taken(what):
            return min(map(what, runs)) - min(map(what, starts))

        seconds, cpu_seconds = taken(lambda each: each.seconds), taken(lambda each: each.cpu_seconds)
        if seconds <= 0 or cpu_seconds <= 0:
            raise BenchError(f"{name}: {records:,} records are too few to measure beside its start")
        line = Line(name, records, records / seconds, records / cpu_seconds, max(each.peak_rss_mib for each in runs))
        self.lines.append(line)
        return line
