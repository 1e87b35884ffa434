"""Reads the cases: folders with connector.py, case.json and expected.json; README.md defines their keys."""
import dataclasses
import json
import pathlib

NOT_COPIED = ("case.json", "expected.json", "wire.json", "__pycache__")
NOT_PROJECTS = ("site-packages", "node_modules", "__pycache__")
RUN_KEYS = {"expect", "message", "no_message", "configuration", "configuration_text", "state", "state_text", "naming",
            "arguments", "environment", "start", "counts", "seconds"}
CASE_KEYS = {"about", "why", "runs", "wire", "wire_why", "wire_differences", "wire_unordered", "slow"}
TABLE_KEYS = {"columns", "primary_key", "rows", "order", "may_be_absent", "count"}
SNAPSHOT_KEYS = {"tables", "state", "synced"}


class CaseError(Exception):
    """A case is not as README.md says; the message says where."""


@dataclasses.dataclass
class Case:
    folder: pathlib.Path
    runs: list
    expected: list  # A snapshot or None for each run.
    wire: bool
    wire_differences: list
    wire_unordered: bool
    slow: bool

    @property
    def name(self):
        return self.folder.name

    @property
    def golden(self):
        return self.folder / "wire.json"


def refuse_unknown(found, known, where):
    unknown = sorted(set(found) - known)
    if unknown:
        raise CaseError(f"{where}: unknown: {', '.join(unknown)}")


def load(folder):
    """Returns the case in a folder, or None where there is none. Errors: CaseError."""
    described, expected_file = folder / "case.json", folder / "expected.json"
    if not described.exists():
        return None
    try:
        case = json.loads(described.read_text())
        expected = json.loads(expected_file.read_text())["runs"]
    except (OSError, ValueError, KeyError) as fault:
        raise CaseError(f"{folder.name}: {type(fault).__name__}: {fault}") from fault
    refuse_unknown(case, CASE_KEYS, described)
    if not case.get("about") or not case.get("why"):
        raise CaseError(f"{described}: says nothing about the rule, or nothing about where it comes from")
    for run in case["runs"]:
        refuse_unknown(run, RUN_KEYS, described)
    if len(expected) != len(case["runs"]):
        raise CaseError(f"{expected_file}: {len(expected)} snapshots for {len(case['runs'])} runs")
    for snapshot in filter(None, expected):
        refuse_unknown(snapshot, SNAPSHOT_KEYS, expected_file)
        for table in snapshot["tables"].values():
            refuse_unknown(table, TABLE_KEYS, expected_file)
    return Case(folder, case["runs"], expected, case.get("wire", True), case.get("wire_differences", []),
                case.get("wire_unordered", False), case.get("slow", False))


def projects(folder, only=()):
    """Returns the folders at or below `folder` that hold a connector or a case, but for those inside another one."""
    if not folder.is_dir():
        raise CaseError(f"{folder}: there is no such folder")
    found = sorted({path.parent for name in ("connector.py", "case.json") for path in folder.rglob(name)
                    if not any(part.startswith(".") or part in NOT_PROJECTS for part in path.relative_to(folder).parts)})
    cases = {path for path in found if (path / "case.json").exists()}
    kept = [path for path in found if not cases & set(path.parents) and (path in cases or imports_sdk(path, found))]
    return [path for path in kept if not only or path.name in only or str(path.relative_to(folder)) in only]


def imports_sdk(folder, found):
    """Tells whether a connector.py is one of a project. Below another project it may be any module of that name."""
    if not set(found) & set(folder.parents):
        return True
    return b"fivetran_connector_sdk" in (folder / "connector.py").read_bytes()
