"""Projects from elsewhere, which come without a case: how a run of one ended, and what it needs where it could not begin.

A run has one of three results: it ran, it failed, or it needs something that is not here (a package, a configuration, a
server) and says which. With the MIT package installed, what it puts on the wire for the project is compared too.
"""
import dataclasses
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

import case as cases
import execution
import operations

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE_PYTHON = HERE / ".venv/bin/python"
RAN, FAILED, NEEDS = "ran", "failed", "needs"
COUNTED = {"schemachanges": "schema changes", "fileuploads": "file uploads"}
SHOWN_MAX = 3  # Differences from the wire of a project.
LEFT_BY_RUNS = ("warehouse.db", "warehouse.db.wal", "state.json")

ERROR_LINE = re.compile(r"ERROR +\S+ debugger (.*)")
MISSING_MODULE = re.compile(r"No module named '([^']+)'")
UNREACHABLE = re.compile(r"Connection refused|Name or service not known|Temporary failure in name resolution|"
                         r"NameResolutionError|Network is unreachable|Failed to resolve|No route to host|"
                         r"could not translate host name|getaddrinfo failed|ProxyError|Max retries exceeded")
HOST = re.compile(r"host='([^']+)', port=(\d+)|https?://([^/\s'\"<>]+)")
UNCONFIGURED = re.compile(r"KeyError: |(?:missing|required|must|provide|no |not ).*(?:configuration|config\b|credential|api[_ ]?key|"
                          r"secret|token|password)|(?:configuration|config\b).*(?:missing|required|must|not )", re.I)
REFUSED = re.compile(r"\b40[13] Client Error|\b40[13]\b.{0,20}(?:unauthori[sz]ed|forbidden)|invalid (?:api|access)[ _]?(?:key|token)|"
                     r"authentication failed|access denied", re.I)
NOT_OF_ITS_OWN = re.compile(r"(?:TypeError|AttributeError|NameError|SyntaxError|ImportError)\b")
PLACEHOLDER = re.compile(r"^\s*<.*>\s*$|YOUR[_ -]|^x{4,}$|change[_-]?me|placeholder", re.I)


@dataclasses.dataclass
class Verdict:
    kind: str
    text: str = ""


def leftovers(folder):
    """Returns what shutil.copytree must not copy of a project: what an earlier run of whatever program left."""
    common = shutil.ignore_patterns(*cases.NOT_COPIED, ".git")

    def ignored(where, names):
        left = [name for name in names if name in LEFT_BY_RUNS] if pathlib.Path(where) == folder / "files" else []
        return {*common(where, names), *left}

    return ignored


def fresh_copy(folder, where):
    copy = where / (folder.name or "project")
    shutil.copytree(folder, copy, ignore=leftovers(folder), ignore_dangling_symlinks=True)
    return copy


def placeholders(project):
    """Returns the keys of configuration.json whose values are there to be replaced."""
    try:
        configuration = json.loads((project / "configuration.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not isinstance(configuration, dict):
        return []
    return [key for key, value in configuration.items() if not isinstance(value, str) or PLACEHOLDER.search(value)]


def verdict(project, outcome, seconds):
    """Says how a run ended."""
    if outcome.status == 0:
        counts = [f"{count} {COUNTED.get(label, label)}" for label, count in outcome.counts.items() if count]
        return Verdict(RAN, ", ".join(counts) or "nothing sent")
    if outcome.status is None:
        lacking = needed(project, outcome.output)
        return lacking or Verdict(FAILED, f"it took more than {seconds} s; it said: {execution.said(outcome.output)}")
    told = ERROR_LINE.findall(outcome.output)
    message = told[-1].strip() if told else execution.said(outcome.output)
    if not 1 <= outcome.status <= 127:
        return Verdict(FAILED, f"status {outcome.status}: {message}")
    return needed(project, outcome.output, message) or Verdict(FAILED, message)


def needed(project, output, message=""):
    """Returns what a run that did not succeed lacked, or None where it did not fail for want of something."""
    missing = MISSING_MODULE.search(message)
    if missing:
        return Verdict(NEEDS, f"package {missing[1]}")
    if UNREACHABLE.search(output):
        found = HOST.search(message) or HOST.search(output)
        host = f"{found[1]}:{found[2]}" if found and found[1] else found[3] if found else "a server"
        return Verdict(NEEDS, f"network: {host} can not be reached")
    blanks = placeholders(project)
    if blanks:
        return Verdict(NEEDS, f"configuration.json with a value for {', '.join(blanks)}" + (f" ({message})" if message else ""))
    if REFUSED.search(message):
        return Verdict(NEEDS, f"credentials that the server takes ({message})")
    if NOT_OF_ITS_OWN.match(message):
        return None
    if UNCONFIGURED.search(message) and not (project / "configuration.json").exists():
        return Verdict(NEEDS, f"a configuration.json ({message})")
    return None


def version_of(python):
    """Returns what a Python says of its version, for packages that fit one version only; "" where it does not start."""
    asked = subprocess.run([str(python), "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, check=False)
    return asked.stdout.strip()


def package_run(folder, python, seconds):
    """Returns what the MIT package sends for a project, as the run of a golden; None where it is not installed."""
    if not PACKAGE_PYTHON.exists():
        return None
    same_version = python and version_of(python) == version_of(PACKAGE_PYTHON)
    with tempfile.TemporaryDirectory(prefix="tendril-wire-") as name:
        project, answer = fresh_copy(folder, pathlib.Path(name)), pathlib.Path(name) / "run.json"
        command = [str(PACKAGE_PYTHON), str(HERE / "wire.py"), "--project", str(project), "--answer", str(answer),
                   *(["--python", python] if same_version else [])]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            try:
                said = process.communicate(timeout=seconds)[1].decode(errors="replace").strip().splitlines()
            except subprocess.TimeoutExpired:
                process.terminate()  # Not killed: it ends what it serves.
                process.communicate()
                return {"outcome": "failure", "error": f"it took more than {seconds} s", "operations": []}
        if not answer.exists():
            return {"outcome": "failure", "error": said[-1] if said else f"status {process.returncode}", "operations": []}
        return json.loads(answer.read_text())


def wire_verdict(ours, golden, dump):
    """Compares what a run sent with what the package sent for the same project. Returns a Verdict of the wire alone.

    Only what both runs must share counts: tables, columns, types and numbers of operations. Values may come from a clock.
    """
    if golden["outcome"] == "failure":
        return Verdict(RAN, f"the package fails{'' if ours.kind == RAN else ' too'}: {golden['error']}")
    if ours.kind != RAN:
        return Verdict(FAILED, "the package runs it")
    try:
        lines = operations.read_lines(dump)
    except (OSError, ValueError) as fault:
        return Verdict(FAILED, f"operations can not be read: {fault}")
    found = list(operations.differences(0, golden, lines, False))
    values = sorted({difference.where for difference in found if difference.kind == "value"})
    told = [f"{difference.kind} {difference.where}: {difference.text}" for difference in found
            if difference.kind not in ("value", "order")]
    if told and same_shapes(golden["operations"], lines):
        told, values = [], values or ["some"]
    if told:
        return Verdict(FAILED, "; ".join(told[:SHOWN_MAX]) + (f"; {len(told) - SHOWN_MAX} more" if len(told) > SHOWN_MAX else ""))
    if any(difference.kind == "order" for difference in found):
        return Verdict(RAN, "wire: the same operations in another order")
    return Verdict(RAN, f"wire: as the package's, but for values of {', '.join(values)}" if values else "wire: as the package's")


def same_shapes(wanted, found):
    """Tells whether two lists of operations differ in nothing but values, and in the order of those that threads send."""
    return sorted(map(shape, wanted)) == sorted(map(shape, found))


def shape(operation):
    types = {name: value["type"] for name, value in operation.get("values", {}).items()}
    named = operation.get("tables") if operation["op"] == "schema" else operation.get("table")
    return json.dumps([operation["op"], named, types], sort_keys=True)


def with_wire(ours, golden, dump):
    """Returns the verdict of a run, with that of its wire."""
    if golden is None:
        return ours
    wire = wire_verdict(ours, golden, dump)
    if ours.kind == RAN:
        return Verdict(wire.kind, f"{ours.text}; {wire.text}")
    return Verdict(FAILED, f"{ours.text}; {wire.text}")
