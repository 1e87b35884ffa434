"""What the reference did, kept as hashes, so that a comparison needs neither it nor a word of any manifest."""
import dataclasses
import hashlib
import json
import lzma
import pathlib

import web
from comparison import Difference

FILE = pathlib.Path(__file__).parent / "goldens.json.xz"
_NEUTRAL = {"run.py", "report.py", "ours.py", "comparison.py", "processes.py", "goldens.py", "reference.py",
            "fixed_clock.py", "kept.py", "goldens_test.py"}


def kit():
    """The hash of all code that decides what the imposter answers and what is compared."""
    text = hashlib.sha256()
    for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
        if path.name not in _NEUTRAL:
            text.update(path.name.encode() + path.read_bytes())
    return text.hexdigest()[:16]


@dataclasses.dataclass
class GoldenRun:
    """One run's results as numbers and hashes."""
    requests: list
    records: list
    state: str
    error: str = ""

    def ok(self):
        return not self.error


def of_outcome(outcome):
    requests = sorted(set(outcome.requests))
    return GoldenRun([len(requests), web.digest("\n".join(requests))],
                     [len(outcome.records), web.digest("\n".join(sorted(outcome.records)))],
                     web.digest(web.text_of(outcome.comparable_state())), "" if outcome.ok() else "failed")


def save(results):
    """Writes the results of connectors that were run with the reference."""
    connectors = {}
    for result in results:
        streams = {}
        for stream in result.streams:
            runs = {key: dataclasses.astuple(of_outcome(outcome)) for key, outcome in stream.expected.items()}
            streams[web.digest(stream.name)] = {"runs": runs, "faults": stream.faults} if runs else {}
        if not result.skipped:
            connectors[result.name] = {"sha": result.sha, "dynamic": result.dynamic, "streams": streams}
    text = json.dumps({"kit": kit(), "connectors": connectors}, sort_keys=True, separators=(",", ":"))
    FILE.write_bytes(lzma.compress(text.encode(), preset=9))


class Goldens:
    """The file's content. Errors: SystemExit when it is of another imposter than this one."""

    def __init__(self):
        content = json.loads(lzma.decompress(FILE.read_bytes()))
        if content["kit"] != kit():
            raise SystemExit("conformance: the goldens are of another state of tests/conformance; record them again "
                             "(./dev conformance manifests --record)")
        self._connectors = content["connectors"]

    def expectations(self, name, sha):
        connector = self._connectors.get(name)
        return GoldenExpectations(connector if connector and connector["sha"] == sha else None)


class GoldenExpectations:
    """What the reference did with one manifest when the goldens were recorded."""

    def __init__(self, connector):
        self._connector = connector

    def dynamic_streams(self, resolved):
        return (self._connector or {}).get("dynamic") or []

    def outcomes(self, name, runs, timeout):
        if self._connector is None:
            return None, "there are no goldens of this manifest"
        stream = self._connector["streams"].get(web.digest(name))
        if not stream:
            return None, "the reference gives nothing to compare with"
        return {key: GoldenRun(*run) for key, run in stream["runs"].items()}, None

    def faults(self, name, first):
        return self._connector["streams"][web.digest(name)]["faults"]

    def differences(self, expected, got):
        if not got.ok():
            return [] if not expected.ok() else [Difference("run", got.error or got.status, "complete", got.error)]
        if not expected.ok():
            return [Difference("run", "the reference fails here", "failure", "complete")]
        made = of_outcome(got)
        found = []
        for part in ("requests", "records", "state"):
            a, b = getattr(expected, part), getattr(made, part)
            if a != b:
                found.append(Difference(part, "not those of the goldens", str(a), str(b)))
        return found
