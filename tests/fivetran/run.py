#!/usr/bin/env python3
"""Runs connector projects with `tendril debug` and compares what they leave with what is expected; see README.md.

usage: ./dev conformance fivetran [DIR] [--only NAME]... [--wire] [--slow] [--oracle COMMAND] [--python PATH]
       [--tendril PATH] [--keep DIR]

A project with a case.json is compared with its expected.json; one without is run and, with --oracle, compared with what
`COMMAND PROJECT` leaves in files/warehouse.db and files/state.json of another copy.
"""
import argparse
import json
import pathlib
import shlex
import shutil
import sys
import tempfile

import case as cases
import compare
import execution
import operations
import warehouse

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ORACLE_SECONDS = 600
SLOW = "skipped: it takes minutes; --slow runs it"


def arguments():
    parser = argparse.ArgumentParser(prog="./dev conformance fivetran")
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=HERE / "projects")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this project; may be repeated")
    parser.add_argument("--wire", action="store_true", help="compare the operations with the goldens too")
    parser.add_argument("--oracle", metavar="COMMAND", help="compare projects without a case with what this leaves")
    parser.add_argument("--slow", action="store_true", help="also the projects that take minutes")
    parser.add_argument("--python", metavar="PATH", help="the Python that has what projects without a case import")
    parser.add_argument("--tendril", type=pathlib.Path, default=ROOT / "build/release/tendril", metavar="PATH")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="leave the copies of the projects in DIR")
    return parser.parse_args()


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
    """Runs a project without a case, and the oracle on another copy of it if there is one; returns the differences."""
    run = {"seconds": ORACLE_SECONDS, "arguments": ["--python", options.python] if options.python else []}
    (where / "ours").mkdir()
    project = execution.fresh_copy(folder, where / "ours")
    outcome = execution.run_once(run, project, options.tendril)
    found = list(execution.differences(run, outcome)) if not options.oracle else []
    if not options.oracle:
        return found
    (where / "oracle").mkdir()
    other = execution.fresh_copy(folder, where / "oracle")
    command = [*shlex.split(options.oracle), str(other)]
    reference = execution.execute(command, other, execution.environment({}, options.tendril), ORACLE_SECONDS)
    if (outcome.status == 0) != (reference.status == 0):
        found.append(f"our status is {outcome.status}, that of the oracle {reference.status}; ours said: "
                     f"{execution.said(outcome.output)}; the oracle said: {execution.said(reference.output)}")
    try:
        found += compare.differences(as_expected(warehouse.snapshot(other)), warehouse.snapshot(project))
    except warehouse.WarehouseError as fault:
        found.append(str(fault))
    return found


def check(folder, options):
    """Runs one project in a folder of its own; returns its differences and what was compared."""
    case = cases.load(folder)
    if case and case.slow and not (options.slow or options.only):
        return [], SLOW
    if options.keep:
        where = options.keep / folder.name
        shutil.rmtree(where, ignore_errors=True)
        where.mkdir(parents=True)
        return compared(case, folder, where, options)
    with tempfile.TemporaryDirectory(prefix="tendril-fivetran-") as name:
        return compared(case, folder, pathlib.Path(name), options)


def compared(case, folder, where, options):
    if case:
        return check_case(case, where, options), ""
    how = "compared with the oracle" if options.oracle else "it runs; nothing to compare with"
    return check_foreign(folder, where, options), how


def main():
    options = arguments()
    options.tendril = options.tendril.resolve()
    if not options.tendril.exists():
        sys.exit(f"conformance: {options.tendril} is not there: run ./dev build")
    try:
        folders = cases.projects(options.folder.resolve(), options.only)
    except cases.CaseError as fault:
        sys.exit(f"conformance: {fault}")
    passed, skipped = 0, 0
    for folder in folders:
        try:
            found, how = check(folder, options)
        except (cases.CaseError, OSError) as fault:
            found, how = [str(fault)], ""
        skipped += how == SLOW
        passed += not found and how != SLOW
        print(f"{'FAIL' if found else 'skip' if how == SLOW else 'ok  '} {folder.name}{f' ({how})' if how and not found else ''}", flush=True)
        for difference in found:
            print(f"       {difference}", flush=True)
    failed = len(folders) - passed - skipped
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
