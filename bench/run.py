#!/usr/bin/env python3
"""The benchmarks of `./dev bench`. Each prints a table with ratios to a limit or a peer measured in the
same run; docs/benchmarks.md says how to read it.

usage: ./dev bench rest [--records N] [--records-large N] [--peers] [--peer-records N] [--json]
"""
import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent
TENDRIL = ROOT / "build/release/tendril"
HELPER = ROOT / "build/release/tendril_bench"
MANIFEST = ROOT / "bench/rest/manifest.yaml"
VENV = ROOT / "bench/.venv"
PEERS = ["airbyte-cdk==7.39.1", "dlt[duckdb]==1.31.0"]
DUCKDB_MEMORY_MB = 96  # What the duckdb destination gives itself.


@dataclass
class Run:
    """What one child process took."""
    seconds: float
    cpu_seconds: float
    peak_rss_mib: float
    stdout: bytes
    stderr: str


def run(command, capture=True, count_lines=False):
    """Runs a command to its end and measures it alone. Ends the benchmark when it fails."""
    start = time.monotonic()
    out = subprocess.PIPE if capture or count_lines else subprocess.DEVNULL
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen([str(word) for word in command], stdout=out, stderr=errors)
        stdout = count(child.stdout) if count_lines else (child.stdout.read() if capture else b"")
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        errors.seek(0)
        stderr = errors.read().decode()
        if child.returncode != 0:
            sys.exit(f"bench: {command[0]} failed with {child.returncode}:\n{stderr[-3000:]}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, stdout, stderr)


def count(stream):
    """Reads a stream to its end and returns the number of its records, as text."""
    records = 0
    while block := stream.read(1 << 20):
        records += block.count(b'"type":"RECORD"') + block.count(b'"type": "RECORD"')
    return str(records).encode()


@contextlib.contextmanager
def server(records):
    """The benchmark's HTTP server in a process of its own; yields its base URL."""
    child = subprocess.Popen([HELPER, "serve", "0", str(records)], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(child.stdout.readline())}"
    finally:
        child.terminate()
        child.wait()


def sync(work, records, destination):
    """Runs `tendril sync` and checks that every record arrived."""
    with server(records) as base_url:
        config = work / "config.json"
        config.write_text(json.dumps({"base_url": base_url}))
        result = run([TENDRIL, "sync", MANIFEST, "--config", config, "--to", destination,
                      "--log-format", "json"])
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    report = next(line["report"] for line in lines if line["message"] == "sync report")
    written = sum(stream["rows_written"] for stream in report["streams"])
    if written != records:
        sys.exit(f"bench: {written} of {records} records were written")
    return result


def best(runs):
    """The run that the rest of the machine disturbed least."""
    return min(runs, key=lambda each: each.cpu_seconds)


def ensure_peers():
    """Installs the peers into a git-ignored virtual environment."""
    stamp = VENV / "peers.txt"
    if stamp.exists() and stamp.read_text() == "\n".join(PEERS):
        return
    print("bench: installing " + ", ".join(PEERS), file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    subprocess.run([VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PEERS], check=True)
    stamp.write_text("\n".join(PEERS))


def measure_cdk(records):
    with server(records) as base_url:
        result = run([VENV / "bin/python", ROOT / "bench/rest/cdk_source.py", MANIFEST, base_url],
                     count_lines=True)
    if int(result.stdout) != records:
        sys.exit(f"bench: the CDK read {int(result.stdout)} of {records} records")
    return result


def measure_dlt(work, records):
    with server(records) as base_url:
        return run([VENV / "bin/python", ROOT / "bench/rest/dlt_pipeline.py", base_url, work / "dlt.duckdb",
                    work / "dlt"])


def helper_seconds(command):
    return json.loads(run([HELPER, *command]).stdout)["seconds"]


def rest(options):
    records, peer_records = options.records, options.peer_records
    rows, figures = [], {}

    def add(name, n, result, key=None):
        rows.append((name, n, n / result.seconds, n / result.cpu_seconds, result.peak_rss_mib))
        if key:
            figures[key] = n / result.cpu_seconds
        return n / result.seconds

    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        work = pathlib.Path(folder)
        null = best([sync(work, records, "null:") for _ in range(options.rounds)])
        add("tendril → null:", records, null, "records_per_cpu_second_null")

        duckdb_runs, limits = [], []
        for _ in range(options.rounds):
            limit_file, file = work / "limit.duckdb", work / "sync.duckdb"
            limits.append(helper_seconds(["append", limit_file, records, DUCKDB_MEMORY_MB]))
            duckdb_runs.append(sync(work, records, f"duckdb:{file}"))
            limit_file.unlink()
            file.unlink()
        duckdb = min(duckdb_runs, key=lambda each: each.seconds)
        rate = add("tendril → duckdb:", records, duckdb)
        limit_rate = records / min(limits)
        rows.append(("limit: append the same batches", records, limit_rate, None, None))
        figures["ratio_duckdb_append"] = rate / limit_rate

        run([HELPER, "write-json", work / "records.json", records])
        seconds = helper_seconds(["read-json", work / "json.duckdb", work / "records.json", DUCKDB_MEMORY_MB])
        rows.append(("DuckDB read_json from disk", records, records / seconds, None, None))
        figures["ratio_duckdb_read_json"] = rate / (records / seconds)
        (work / "records.json").unlink()

        figures["peak_rss_mib_1m"] = duckdb.peak_rss_mib
        if options.records_large:
            large = sync(work, options.records_large, f"duckdb:{work / 'large.duckdb'}")
            add("tendril → duckdb:", options.records_large, large)
            figures["peak_rss_mib_10m"] = large.peak_rss_mib

        if options.peers:
            ensure_peers()
            cdk = measure_cdk(peer_records)
            add("airbyte-cdk → null", peer_records, cdk)
            figures["ratio_cdk_per_cpu_second"] = (
                figures["records_per_cpu_second_null"] / (peer_records / cdk.cpu_seconds))
            dlt_rate = add("dlt → duckdb", peer_records, measure_dlt(work, peer_records))
            figures["ratio_dlt"] = rate / dlt_rate
    print_table(rows, figures, options.json)


def print_table(rows, figures, as_json):
    if as_json:
        print(json.dumps({key: round(value, 3) for key, value in figures.items()}))
        return
    print(f"{'':34}{'records':>12}{'records/s':>14}{'per CPU-s':>14}{'peak MiB':>10}")
    for name, records, rate, cpu_rate, rss in rows:
        print(f"{name:34}{records:>12,}{rate:>14,.0f}"
              f"{f'{cpu_rate:,.0f}' if cpu_rate else '':>14}{f'{rss:,.0f}' if rss else '':>10}")
    print()
    for key, value in figures.items():
        print(f"{key:34}{value:>14,.2f}")


def main():
    parser = argparse.ArgumentParser(prog="./dev bench")
    tasks = parser.add_subparsers(dest="task", required=True)
    task = tasks.add_parser("rest", help="REST pages into null: and DuckDB")
    task.add_argument("--records", type=int, default=1_000_000)
    task.add_argument("--records-large", type=int, default=10_000_000, help="0: leave the large run out")
    task.add_argument("--peer-records", type=int, default=200_000)
    task.add_argument("--rounds", type=int, default=3)
    task.add_argument("--peers", action="store_true", help="measure the Airbyte CDK and dlt too")
    task.add_argument("--json", action="store_true")
    task.set_defaults(call=rest)
    options = parser.parse_args()
    options.call(options)


if __name__ == "__main__":
    main()
