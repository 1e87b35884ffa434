"""The simulated GitHub answers wrongly by a seed while its rows change and are read. Once it has calmed down and what
was interrupted has ended, one more incremental sync has to bring the destination to exactly what the vendor knows."""
import json
import pathlib
import random
import subprocess
import threading

import program
from result import Result
from sandbox import Sandbox

GITHUB = pathlib.Path(__file__).resolve().parent.parent.parent / "connectors/github"
RECORDS = 240
SYNCS = 3
# Streams by the entity whose rows they hold. Rows of those that are read incrementally are never deleted here: no
# interface of the vendor's tells of it.
STREAMS = {"issues": "issue", "comments": "issue_comment", "pull_requests": "pull", "labels": "label",
           "milestones": "milestone", "releases": "release"}
CHANGES = (("insert", "issue"), ("update", "issue"), ("insert", "issue_comment"), ("update", "issue_comment"),
           ("insert", "release"), ("delete", "release"))
PAUSE_SECONDS = 0.05
# Columns that show other rows, as they were when this one was read: those change and this one does not.
SHOWN = {"pull_requests": ("head", "base")}


class Mutator(threading.Thread):
    """Changes rows until it is told to end; what it does follows from the seed, when does not."""

    def __init__(self, sandbox, seed):
        super().__init__(daemon=True)
        self._sandbox, self._chance, self._end = sandbox, random.Random(seed), threading.Event()
        self.changes, self.fault = 0, None

    def run(self):
        try:
            while not self._end.wait(PAUSE_SECONDS):
                kind, entity = self._chance.choice(CHANGES)
                self.changes += len(self._sandbox.mutate(kind, self._chance.randint(1, 4), entity))
        except Exception as fault:  # pylint: disable=broad-except
            self.fault = fault

    def end(self):
        self._end.set()
        self.join()
        if self.fault:
            raise RuntimeError(f"changing rows failed: {self.fault}")


def check(binary, query, folder, seed):
    """Runs one seed."""
    result = Result("faults", f"seed {seed}")
    replay = f"./dev crash --faults 1 --seed {seed}"
    folder.mkdir(parents=True)
    sandbox = Sandbox(binary, GITHUB, folder, RECORDS, seed,
                      ["--limit", "core=off", "--faults", str(seed)])
    try:
        fault = _read_while_it_changes(binary, sandbox, folder, seed, result)
        if fault:
            result.fail(fault, replay)
            return result
        _compare(query, sandbox, folder, result, replay)
    finally:
        sandbox.stop()
    return result


def _sync(binary, sandbox, folder, name):
    command = [binary, "sync", GITHUB, "--config", sandbox.config, "--to", f"duckdb:{folder / 'w.duckdb'}",
               "--stream", ",".join(STREAMS), "--commit-rows", "100", "--log-format", "json"]
    return program.Sync(command, folder / f"{name}.log").wait()


def _read_while_it_changes(binary, sandbox, folder, seed, result):
    """Returns what went wrong: nothing may but a stream that the vendor would not let through."""
    mutator = Mutator(sandbox, seed)
    mutator.start()
    failed = 0
    try:
        for number in range(SYNCS):
            ended = _sync(binary, sandbox, folder, f"sync-{number}")
            if ended.signal or ended.code not in (0, 1, 3):
                return f"a sync ended badly: {ended.fault()}"
            failed += ended.code != 0
    finally:
        mutator.end()
    result.rounds += 1
    result.passes += sandbox.set_faults(0)
    result.notes.append(f"{mutator.changes} rows changed, {failed} of {SYNCS} syncs failed")
    # A sync that goes on from an interrupted one ends the read that was begun then: what changed in slices that were
    # done by that time comes with the next one.
    for name in ("ending", "last"):
        ended = _sync(binary, sandbox, folder, name)
        if ended.code != 0:
            return f"the {name} sync failed, which nothing disturbed: {ended.fault()}"
    return None


def _compare(query, sandbox, folder, result, replay):
    for stream, entity in STREAMS.items():
        known = {row["id"]: row for row in sandbox.rows(entity)}
        landed = _landed(query, folder / "w.duckdb", stream)
        lost = [key for key in known if key not in landed]
        more = [key for key in landed if key not in known]
        twice = sum(len(rows) - 1 for rows in landed.values())
        wrong = [key for key in known if key in landed and _differs(known[key], landed[key][0], stream)]
        if lost or more or twice or wrong:
            sample = [f"{key} {_differs(known[key], landed[key][0], stream)}" for key in wrong[:2]]
            result.fail(f"{stream}: {len(lost)} rows missing {lost[:3]}, {len(wrong)} stale {sample}, {len(more)} "
                        f"that are gone {more[:3]}, {twice} twice", replay, len(lost) + len(wrong), twice + len(more))


def _landed(query, file, stream):
    """The live rows by key, each as the JSON of its row."""
    done = subprocess.run([query, file, f"""
        SELECT id, to_json(t) FROM "{stream}" t WHERE NOT coalesce(_tendril_deleted, false)"""],
                          capture_output=True, text=True, check=True)
    landed = {}
    for line in done.stdout.splitlines():
        key, row = line.split("\t", 1)
        landed.setdefault(int(key), []).append(json.loads(row))
    return landed


def _differs(known, landed, stream):
    """Says in which of the columns that both have the values differ; "" in none."""
    for name, value in known.items():
        if name in landed and name not in SHOWN.get(stream, ()) and _plain(value) != _plain(landed[name]):
            return f"{name}: {landed[name]!r:.80} is not {value!r:.80}"
    return ""


def _plain(value):
    """Values as both sides can write them: nested ones are text in the warehouse, instants have many spellings."""
    if isinstance(value, str):
        if value[:1] in "[{":
            try:
                return json.loads(value)
            except json.JSONDecodeError:
                return value
        return _instant(value)
    return value


def _instant(text):
    """2025-01-02T03:04:05Z and 2025-01-02 03:04:05+00 are the same."""
    if len(text) >= 19 and text[4:5] == "-" and text[10:11] in "T " and text[13:14] == ":":
        zone = text[19:].replace("+00:00", "Z").replace("+00", "Z")
        return text[:10] + "T" + text[11:19] + zone
    return text
