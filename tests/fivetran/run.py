#!/usr/bin/env python3
"""Runs connector projects with `tendril debug` and compares what they leave with what is expected; see README.md.

usage: ./dev conformance fivetran [DIR] [--only NAME]... [--wire] [--slow] [--oracle COMMAND] [--python PATH]
       [--seconds N] [--tendril PATH] [--keep DIR]

A project with a case.json is compared with its expected.json. One without is run, and its line says whether it ran, what
it failed by, or what it needs; with --wire it is compared with what the MIT package sends for it, where that is installed,
and with --oracle with what `COMMAND PROJECT` leaves in files/warehouse.db and files/state.json of another copy.
"""
import argparse
import collections
import json
import os
import pathlib
import shlex
import shutil
import sys
import tempfile

import case as cases
import compare
import execution
import foreign
import operations
import warehouse

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOREIGN_SECONDS = 300
NAME_MAX = 60  # Columns that names of projects without a case are padded to, at most.
COUNTED = {"passed": "passed", foreign.RAN: "ran", "failed": "failed", foreign.NEEDS: "need something that is not here",
           "skipped": "skipped"}


def arguments():
    parser = argparse.ArgumentParser(prog="./dev conformance fivetran")
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=HERE / "projects")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this project; may be repeated")
    parser.add_argument("--wire", action="store_true", help="compare the operations with the goldens, or with the package's, too")
    parser.add_argument("--oracle", metavar="COMMAND", help="compare projects without a case with what this leaves")
    parser.add_argument("--slow", action="store_true", help="also the projects that take minutes")
    parser.add_argument("--python", metavar="PATH", help="the Python that has what projects without a case import")
    parser.add_argument("--seconds", type=int, default=FOREIGN_SECONDS, metavar="N",
                        help="time limit of a project without a case")
    parser.add_argument("--tendril", type=pathlib.Path, default=ROOT / "build/release/tendril", metavar="PATH")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="leave the copies of the projects in DIR")
    options = parser.parse_args()
    if options.python:
        found = shutil.which(options.python) or parser.error(f"there is no program {options.python}")
        options.python = os.path.abspath(found)  # Not resolved: the link is what makes an environment.
    options.keep = options.keep and options.keep.absolute()
    return options


def check_case(case, where, options):
    """Runs a project of ours; returns its differences."""
    project, before, found = execution.fresh_copy(case.folder, where), None, []
    golden = json.loads(case.golden.read_text()) if options.wire and case.wire else None
    used = set()
    for number, (run, expected) in enumerate(zip(case.runs, case.expected)):
        label = f"run {number}: " if len(case.runs) > 1 else ""
        dump = where / "operations.jsonl" if golden and run.get("start") != "python" else None
        outcome = execution.run_once(run, project, options.tendril, dump)
        found += [label + text for text in execution.differences(run, outcome)]
        try:
            after = warehouse.snapshot(project, samples(expected))
        except warehouse.WarehouseError as fault:
            found.append(f"{label}{fault}")
            break
        if expected is not None:
            found += [label + text for text in compare.differences(expected, after, before)]
        if dump:
            found += [label + text for text in wire_differences(case, (number, golden["runs"][number]), (dump, outcome),
                                                                used)]
        before = after
    unused = [entry for index, entry in enumerate(case.wire_differences)
              if index not in used and not entry.get("optional")]
    if golden:
        found += [f"wire: no difference needs {json.dumps(entry)}" for entry in unused]
    return found


def samples(expected):
    """Returns the rows to read of tables of which expected.json has a sample only."""
    tables = expected["tables"] if expected else {}
    return {name: table["rows"] for name, table in tables.items() if "count" in table}


def wire_differences(case, golden_run, ours, used):
    """Yields the differences from the golden that no entry of the case allows; notes in `used` the entries that do."""
    number, golden = golden_run
    dump, outcome = ours
    try:
        lines = operations.read_lines(dump) if dump.exists() else []
    except ValueError as fault:
        yield f"wire: {fault}"
        return
    found = list(operations.differences(number, golden, lines, outcome.status != 0, case.wire_unordered))
    if (golden["outcome"] == "success") != (outcome.status == 0):
        found.append(operations.Difference(number, "outcome", "", f"status {outcome.status}, not {golden['outcome']}"))
    for difference in found:
        entries = [index for index, entry in enumerate(case.wire_differences) if difference.allowed_by(entry)]
        used.update(entries)
        if not entries:
            yield f"wire: {difference.kind} {difference.where}: {difference.text}"


def as_expected(snapshot):
    """Returns what the oracle left, as what is expected of us; surrogate keys are opaque."""
    tables = {}
    for name, table in snapshot.tables.items():
        rows = [{column: value for column, value in row.items()
                 if column not in (compare.SURROGATE, compare.SYNCED)} for row in table.rows]
        tables[name] = {"columns": table.columns, "primary_key": table.primary_key, "rows": rows}
    return {"tables": tables, "state": snapshot.state}


def check_foreign(folder, where, options):
    """Runs a project without a case, compares what there is to compare with, and returns a foreign.Verdict."""
    run = {"seconds": options.seconds, "environment": {"TZ": "UTC"},
           "arguments": ["--python", options.python] if options.python else []}
    (where / "ours").mkdir()
    project, dump = foreign.fresh_copy(folder, where / "ours"), where / "operations.jsonl"
    outcome = execution.run_once(run, project, options.tendril, dump if options.wire else None)
    ours = foreign.verdict(project, outcome, options.seconds)
    if options.oracle:
        found = list(oracle_differences(folder, where, (project, outcome), options))
        return foreign.Verdict(foreign.FAILED, "; ".join(found)) if found else foreign.Verdict(ours.kind, f"{ours.text}; as the oracle")
    if options.wire and ours.kind != foreign.NEEDS:
        golden = foreign.package_run(folder, options.python, options.seconds)
        return foreign.with_wire(ours, golden, dump)
    return ours


def oracle_differences(folder, where, ours, options):
    """Yields the differences of what our run left from what the oracle leaves in another copy of the project."""
    project, outcome = ours
    (where / "oracle").mkdir()
    other = foreign.fresh_copy(folder, where / "oracle")
    command = [*shlex.split(options.oracle), str(other)]
    reference = execution.execute(command, other, execution.environment({}, options.tendril), options.seconds)
    if (outcome.status == 0) != (reference.status == 0):
        yield (f"our status is {outcome.status}, that of the oracle {reference.status}; ours said: "
               f"{execution.said(outcome.output)}; the oracle said: {execution.said(reference.output)}")
    try:
        yield from compare.differences(as_expected(warehouse.snapshot(other)), warehouse.snapshot(project))
    except warehouse.WarehouseError as fault:
        yield str(fault)


def in_a_folder(check, subject, name, options):
    """Calls check(subject, folder, options) with a folder of its own, which --keep leaves there."""
    if not options.keep:
        with tempfile.TemporaryDirectory(prefix="tendril-fivetran-") as where:
            return check(subject, pathlib.Path(where), options)
    where = options.keep / name
    shutil.rmtree(where, ignore_errors=True)
    where.mkdir(parents=True)
    return check(subject, where, options)


def report_case(case, name, options):
    """Runs a case and prints its line; returns how it is counted."""
    if case.slow and not (options.slow or options.only):
        print(f"skip {name} (it takes minutes; --slow runs it)", flush=True)
        return "skipped"
    found = in_a_folder(check_case, case, name, options)
    print(f"{'FAIL' if found else 'ok  '} {name}", *found, sep="\n       ", flush=True)
    return "failed" if found else "passed"


def report_foreign(folder, name, options):
    verdict = in_a_folder(check_foreign, folder, name, options)
    print(f"{verdict.kind:6} {name:{options.width}} {verdict.text}", flush=True)
    return verdict.kind


def report(folder, name, options):
    """Runs one project and prints its line. Whatever is wrong with it is its result, and the next one follows."""
    try:
        case = cases.load(folder)
        return report_case(case, name, options) if case else report_foreign(folder, name, options)
    except (cases.CaseError, OSError, UnicodeError, shutil.Error) as fault:
        print(f"FAIL {name}\n       {fault}", flush=True)
        return "failed"


def main():
    sys.stdout.reconfigure(errors="backslashreplace")  # Names of folders are any bytes.
    options = arguments()
    options.tendril = options.tendril.resolve()
    if not options.tendril.exists():
        sys.exit(f"conformance: {options.tendril} is not there: run ./dev build")
    root = options.folder.resolve()
    try:
        folders = cases.projects(root, options.only)
    except cases.CaseError as fault:
        sys.exit(f"conformance: {fault}")
    if not folders:
        sys.exit(f"conformance: no connector.py at or below {root}"
                 + (f" in a folder named {' or '.join(options.only)}" if options.only else ""))
    names = {folder: str(folder.relative_to(root)) if folder != root else folder.name for folder in folders}
    options.width = min(max(map(len, names.values())), NAME_MAX)
    counts = collections.Counter(report(folder, names[folder], options) for folder in folders)
    print(", ".join(f"{counts[kind]} {word}" for kind, word in COUNTED.items() if counts[kind]))
    if options.wire and counts.keys() & {foreign.RAN, foreign.FAILED} and not foreign.PACKAGE_PYTHON.exists():
        print("the wire of projects without a case was not compared: tests/fivetran/wire.sh installs the package for it")
    return 1 if counts["failed"] or not counts.keys() & {"passed", foreign.RAN} else 0


if __name__ == "__main__":
    sys.exit(main())
