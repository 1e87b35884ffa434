"""One connector, stream by stream: the reference or its golden results, our program, and what differs."""
import dataclasses
import datetime

import comparison
import config as configs
import instants
import manifest as manifests
import processes
import web
from imposter import Imposter

NOW = instants.clock.datetime(2025, 6, 17, 12, 34, 56, 789000, tzinfo=instants.UTC)
LATER = NOW + datetime.timedelta(days=1)


@dataclasses.dataclass
class StreamResult:
    name: str
    verdict: str  # identical, different, or not comparable
    reason: str = ""  # Why the reference gives nothing to compare with.
    differences: list = dataclasses.field(default_factory=list)  # (run, Difference)
    expected: dict = dataclasses.field(default_factory=dict)  # Run → Outcome or Digest.
    faults: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class ConnectorResult:
    name: str
    sha: str
    streams: list = dataclasses.field(default_factory=list)
    dynamic: list = dataclasses.field(default_factory=list)  # Names of streams that the manifest finds out.
    skipped: str = ""


def check(path, expectations, ours, timeout, streams_max=None):
    """Compares all streams of one manifest.
    `expectations(manifest, sha)` returns an object with `streams()`, `outcome(...)` and `faults(...)`;
    `ours(path)` a context with `run(...)`, or None to run the reference alone."""
    manifest, sha = manifests.read(path)
    result = ConnectorResult(path.parent.name, sha)
    resolved = manifests.resolve(manifest)
    if manifests.names_custom_code(resolved):
        result.skipped = "names custom code"
        return result
    expected = expectations(manifest, sha)
    streams = {str(stream.get("name")): stream for stream in resolved.get("streams") or []}
    result.dynamic = expected.dynamic_streams(resolved)
    for name in result.dynamic:
        streams.setdefault(name, _dynamic_stream(resolved, name))
    faults_left = True
    with ours as engine:
        for name, stream in _spread(list(streams.items()), streams_max):
            checker = _StreamChecker(resolved, name, stream, expected, engine, timeout)
            stream_result = checker.check(faults_left)
            faults_left = faults_left and not stream_result.faults
            result.streams.append(stream_result)
    return result


def _spread(streams, most):
    if not most or len(streams) <= most:
        return streams
    return [streams[position * len(streams) // most] for position in range(most)]


def _dynamic_stream(resolved, name):
    definition = (resolved.get("dynamic_streams") or [{}])[0]
    return {**(definition.get("stream_template") or {}), "name": name, "resolver": definition.get("components_resolver")}


class _StreamChecker:
    def __init__(self, resolved, name, stream, expected, engine, timeout):
        self._name = name
        self._stream = stream
        self._config = configs.config_for(resolved, stream, NOW)
        self._expected = expected
        self._engine = engine
        self._timeout = timeout

    def check(self, with_faults):
        result = StreamResult(self._name, "identical")
        outcomes, reason = self._expected.outcomes(self._name, self._reference_runs, self._timeout)
        if reason is None and not outcomes["first"].ok():
            reason = outcomes["first"].error or outcomes["first"].status
        if reason is not None:
            result.verdict, result.reason = "not comparable", reason
            return result
        result.expected = dict(outcomes)
        if with_faults:
            result.faults = self._expected.faults(self._name, outcomes["first"])
        if result.faults:
            self._add_faults(result)
        if self._engine is not None:
            self._compare(result)
        return result

    def _reference_runs(self, run):
        first = run(self._name, self._config, None, self._imposter(NOW), NOW)
        second = run(self._name, self._config, first.state, self._imposter(LATER), LATER)
        return {"first": first, "second": second}

    def _imposter(self, now, faults=()):
        return Imposter(self._stream, self._config, now, faults)

    def _add_faults(self, result):
        def runs(run):
            return {"faults": run(self._name, self._config, None, self._imposter(NOW, result.faults), NOW)}

        outcomes, _ = self._expected.outcomes(self._name, runs, self._timeout)
        result.expected.update(outcomes or {})

    def _compare(self, result):
        run = self._engine.run
        first = run(self._name, self._config, None, self._imposter(NOW), NOW)
        got = {"first": first}
        if result.expected["second"].ok():
            got["second"] = run(self._name, self._config, first.state, self._imposter(LATER), LATER)
        if "faults" in result.expected:
            got["faults"] = run(self._name, self._config, None, self._imposter(NOW, result.faults), NOW)
        for key, outcome in got.items():
            for difference in self._expected.differences(result.expected[key], outcome):
                result.differences.append((key, difference))
        result.verdict = "different" if result.differences else "identical"


class Unfinished(Exception):
    """A run hung or died."""


class ReferenceExpectations:
    """What the reference does, asked now. `reference()` makes it, when it is first asked."""

    def __init__(self, reference):
        self._make = reference
        self._made = None

    @property
    def _reference(self):
        if self._made is None:
            self._made = self._make()
        return self._made

    def dynamic_streams(self, resolved):
        definitions = resolved.get("dynamic_streams") or []
        if not definitions:
            return []
        stream = _dynamic_stream(resolved, "dynamic")
        config = configs.config_for(resolved, stream, NOW)
        reference = self._reference
        names, _ = processes.call(lambda: reference.dynamic_streams(config, Imposter(stream, config, NOW), NOW), 30)
        return names or []

    def outcomes(self, name, runs, timeout):
        """Each run is one of a process of its own, so that none finds what another has cached."""
        reference = self._reference

        def run(*words):
            result, reason = processes.call(lambda: reference.run(*words), timeout)
            if reason is not None:
                raise Unfinished(reason)
            return result

        try:
            return runs(run), None
        except Unfinished as error:
            return None, str(error)

    def faults(self, name, first):
        """Returns the requests to answer with a fault first: one with 429 and one with 500."""
        digests = sorted({web.digest(text) for text in first.requests})
        return dict(zip(digests, (429, 500))) if len(digests) > 1 else {}

    def differences(self, expected, got):
        if not expected.ok():
            return comparison.failed_alike(expected, got)
        return comparison.differences(expected, got)
