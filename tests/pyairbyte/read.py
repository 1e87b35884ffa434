"""Reads the simulated GitHub through PyAirbyte: a client that knows nothing of us runs our program as a connector and
keeps what it reads in a cache of its own; then what the sandbox knows is compared with what is in there.

usage: read.py TENDRIL FOLDER [--records N]
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("AIRBYTE_OFFLINE_MODE", "1")

# Streams, and what the sandbox calls their rows, with the key to compare by.
STREAMS = {"repositories": ("repository", "id"), "issues": ("issue", "id"), "comments": ("issue_comment", "id"),
           "labels": ("label", "id")}
CHANGED = 25


class Sandbox:
    def __init__(self, tendril, folder, records):
        self.tendril, self.address, self.config = tendril, folder / "address", folder / "github.json"
        self.process = subprocess.Popen(
            [tendril, "sandbox", "github", "--records", str(records), "--seed", "7", "--limit", "core=off",
             "--address-file", self.address, "--write-config", self.config],
            stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("config:"):
                return
        sys.exit("pyairbyte: the sandbox did not start")

    def close(self):
        self.process.terminate()
        self.process.wait()

    def rows(self, entity):
        listed = subprocess.run([self.tendril, "sandbox", "github", "rows", entity, "--address-file", self.address],
                                check=True, capture_output=True, text=True)
        return [json.loads(line) for line in listed.stdout.splitlines()]

    def mutate(self, kind, count, entity):
        subprocess.run([self.tendril, "sandbox", "github", "mutate", kind, str(count), "--entity", entity,
                        "--address-file", self.address], check=True, capture_output=True)


def launcher(tendril, folder):
    """Writes what PyAirbyte takes for a connector."""
    path = folder / "source-github"
    path.write_text(f'#!/bin/sh\nexec "{tendril}" airbyte github "$@"\n')
    path.chmod(0o755)
    return path


def differences(sandbox, cache):
    """Yields what the cache has otherwise than the sandbox."""
    for stream, (entity, key) in STREAMS.items():
        known = {row[key]: row for row in sandbox.rows(entity)}
        kept = {row[key]: row for row in cache[stream]}
        if known.keys() != kept.keys():
            yield f"{stream}: {len(kept)} rows, the sandbox has {len(known)}"
            continue
        for number, row in known.items():
            for name in ("title", "body", "name", "state", "color"):
                if name in row and name in kept[number] and row[name] != kept[number][name]:
                    yield f"{stream} {number} {name}: {kept[number][name]!r} is not {row[name]!r}"


def main():
    parser = argparse.ArgumentParser(prog="./dev conformance pyairbyte")
    parser.add_argument("tendril", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--records", type=int, default=2000, help="issues in the sandbox")
    options = parser.parse_args()
    import airbyte
    from airbyte.caches import DuckDBCache

    sandbox = Sandbox(options.tendril, options.folder, options.records)
    try:
        source = airbyte.get_source(
            "source-github", config=json.loads(sandbox.config.read_text()), streams=list(STREAMS),
            local_executable=launcher(options.tendril, options.folder), install_if_missing=False)
        source.check()
        cache = DuckDBCache(db_path=options.folder / "cache.duckdb")
        started = time.monotonic()
        first = source.read(cache)
        seconds = time.monotonic() - started
        found = list(differences(sandbox, first.streams))
        sandbox.mutate("update", CHANGED, "issue")
        sandbox.mutate("insert", CHANGED, "issue")
        second = source.read(cache)
        found += [f"second read: {difference}" for difference in differences(sandbox, second.streams)]
        if second.processed_records > first.processed_records / 2:
            found.append(f"the second read was not incremental: {second.processed_records} records")
    finally:
        sandbox.close()
    for difference in found[:20]:
        print(f"pyairbyte: {difference}")
    print(f"pyairbyte {airbyte.version.get_version()}: {first.processed_records} records in {seconds:.1f} s "
          f"({first.processed_records / seconds:.0f}/s), then {second.processed_records} after "
          f"{2 * CHANGED} changes: {'the same' if not found else 'different'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
