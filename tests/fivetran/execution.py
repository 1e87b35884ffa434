"""Runs a project once, as README.md says, and reads what it printed."""
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

import case as cases

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SECONDS_MAX = 60
SECONDS_TO_END = 20
OUTPUT_MAX = 400  # Characters of the output's end that a difference shows.
CLOSING_LINE = re.compile(r"^\s*([A-Za-z ]+?)\s*\|\s*(\d+)\s*$", re.M)


@dataclasses.dataclass
class Outcome:
    """How a run ended. `status` is None when the time limit ended it."""
    status: int | None
    output: str

    @property
    def counts(self):
        """Returns the last table of counts, by label in lower case without blanks."""
        return {label.replace(" ", "").lower(): int(count) for label, count in CLOSING_LINE.findall(self.output)}


def fresh_copy(folder, where):
    """Copies a project to where it may be run, and returns the copy."""
    copy = where / folder.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*cases.NOT_COPIED))
    return copy


def given_file(run, key, where):
    """Writes what a run gives as `key`, if it does, and returns the arguments that name it."""
    if f"{key}_text" not in run and key not in run:
        return []
    path = where / f"{key}.given.json"
    path.write_text(run.get(f"{key}_text") if f"{key}_text" in run else json.dumps(run[key]))
    return [f"--{key}", str(path)]


def environment(run, tendril):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIVETRAN_")}
    # A zone that is not UTC shows where local time is taken for it.
    kept.update({"TZ": "Asia/Kolkata", "PYTHONDONTWRITEBYTECODE": "1", **run.get("environment", {})})
    if run.get("start") == "python":
        kept.update({"PYTHONPATH": str(ROOT / "python"), "TENDRIL": str(tendril)})
    return kept


def command_line(run, project, where, options):
    """Returns the words that start a run; options are the program and where it dumps operations, or None."""
    tendril, dump = options
    if run.get("start") == "python":
        return [sys.executable, "connector.py"]
    if run.get("start") == "reset":
        return [str(tendril), "reset", str(project), *run.get("arguments", [])]
    naming = ["--naming", run["naming"]] if "naming" in run else []
    return [str(tendril), "debug", str(project), *given_file(run, "configuration", where),
            *given_file(run, "state", where), *naming, *run.get("arguments", []),
            *(["--dump-operations", str(dump)] if dump else [])]


def execute(command, project, variables, seconds):
    """Runs a command in a session of its own, which ends with it."""
    with open(project.parent / "output.txt", "w+b") as output:
        process = subprocess.Popen(command, cwd=project, env=variables, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            status = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            status = None
            end_kindly(process)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        output.seek(0)
        return Outcome(status, output.read().decode(errors="replace"))


def end_kindly(process):
    """Asks a process to end, and with it the connector, which has a session of its own and would outlive a kill."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=SECONDS_TO_END)


def run_once(run, project, tendril, dump=None):
    """Runs a project once with our program."""
    command = command_line(run, project, project.parent, (tendril, dump))
    return execute(command, project, environment(run, tendril), run.get("seconds", SECONDS_MAX))


def said(output):
    """Returns the end of what a run printed, in one line."""
    line = " / ".join(filter(None, (part.strip() for part in output.splitlines())))
    return line if len(line) <= OUTPUT_MAX else "..." + line[-OUTPUT_MAX:]


def differences(run, outcome):
    """Yields how the outcome of a run differs from what its case expects."""
    wanted, status = run.get("expect", "success"), outcome.status
    if status is None:
        yield f"it took more than {run.get('seconds', SECONDS_MAX)} s; it said: {said(outcome.output)}"
    elif not 0 <= status <= 127:
        yield f"it ended by status {status}; it said: {said(outcome.output)}"
    elif (status == 0) != (wanted == "success"):
        yield f"it should end in {wanted}, and its status is {status}; it said: {said(outcome.output)}"
    folded = outcome.output.lower()
    for texts in run.get("message", []):
        choices = [texts] if isinstance(texts, str) else texts
        if not any(text.lower() in folded for text in choices):
            yield f"it does not say {' or '.join(map(repr, choices))}; it said: {said(outcome.output)}"
    for text in run.get("no_message", []):
        if text.lower() in folded:
            yield f"it says {text!r}"
    for label, count in run.get("counts", {}).items():
        found = outcome.counts.get(label.replace(" ", "").lower())
        if found != count:
            yield f"the closing table has {found} for {label}, not {count}"
