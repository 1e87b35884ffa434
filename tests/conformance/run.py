#!/usr/bin/env python3
"""Compares our engine with the reference implementation of the manifest language, over made-up APIs.

usage: ./dev conformance manifests [DIR] [--only NAME]... [--streams N] [--jobs N] [--json FILE]
       [--findings FILE] [--keep DIR] [--goldens | --record]

For each manifest in DIR without custom code and each of its streams, both engines read everything, then once more
with their own last state, and a stream of each connector is read again from a server that answers with 429 and 500
first. Requests, records and states must be the same. Without the reference at hand, what it did is taken from the
goldens; --record writes those. With --keep, what the reference did is kept in DIR, and taken from there while
neither the manifest nor the imposter changes.
"""
import argparse
import contextlib
import os
import pathlib
import sys

import goldens
import kept
import processes
from connector import ConnectorResult, ReferenceExpectations, check
from ours import Ours
from report import Totals, as_json, line_of

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RUN_SECONDS = 180
CONNECTOR_SECONDS = 7200


def arguments():
    parser = argparse.ArgumentParser(prog="./dev conformance")
    parser.add_argument("what", choices=["manifests"])
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=ROOT.parent / "shared/manifests")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this connector; may be repeated")
    parser.add_argument("--streams", type=int, metavar="N", help="N streams of each connector only, spread evenly")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="also write everything found, as JSON")
    parser.add_argument("--findings", type=pathlib.Path, metavar="FILE", help="also write the kinds of differences")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="keep what the reference did, and use it")
    parser.add_argument("--record", action="store_true", help="write the goldens from the reference, run nothing else")
    parser.add_argument("--goldens", action="store_true", help="compare with the goldens, the reference or not")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tendril")
    return parser.parse_args()


def reference_kind(options):
    """Returns the class that runs the reference, or None where it is not installed."""
    if options.goldens:
        return None
    try:
        from reference import Reference
    except ImportError:
        if options.record:
            raise
        return None
    return Reference


def manifests_of(options):
    found = sorted(path.parent for path in options.folder.glob("*/manifest.yaml"))
    if options.only:
        found = [folder for folder in found if folder.name in options.only
                 or folder.name.removeprefix("source-") in options.only]
    if not found:
        sys.exit(f"conformance: there are no manifests to compare in {options.folder}")
    return found


def checker(options, kind):
    """Returns the function that checks one folder, and is run in a process of its own."""
    known = None if kind else goldens.Goldens()

    def expectations_for(name):
        def make(manifest, sha):
            if not kind:
                return known.expectations(name, sha)
            if not options.keep:
                return ReferenceExpectations(lambda: kind(manifest))
            return kept.KeptExpectations(options.keep, sha, ReferenceExpectations(lambda: kind(manifest)))
        return make

    def run(folder):
        path = folder / "manifest.yaml"
        engine = contextlib.nullcontext() if options.record else Ours(options.program, path, RUN_SECONDS)
        return check(path, expectations_for(folder.name), engine, RUN_SECONDS * 2, options.streams)

    return run


def main():
    options = arguments()
    kind = reference_kind(options)
    folders = manifests_of(options)
    os.environ["TZ"] = "UTC"
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    results, totals, failed = [], Totals(), False
    work = processes.for_each(folders, checker(options, kind), options.jobs, CONNECTOR_SECONDS)
    for folder, result, reason in work:
        if result is None:
            failed = True
            result = ConnectorResult(folder.name, "", skipped=f"could not be compared: {reason}")
        results.append(result)
        totals.add(result)
        print(line_of(result), flush=True)
        if options.findings:
            options.findings.write_text(totals.findings())
    print(totals.text())
    results.sort(key=lambda result: result.name)
    if options.json:
        options.json.write_text(as_json(results, totals))
    if options.record:
        goldens.save(results)
        return 0
    return 1 if failed or totals.identical < totals.streams else 0


if __name__ == "__main__":
    sys.exit(main())
