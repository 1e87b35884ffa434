"""Runs streams with the reference implementation, its clock fixed and its requests answered by an imposter."""
import contextlib
import copy
import io
import logging
import os

import pydantic.v1  # noqa: F401  (before the clock: it derives classes from the real one)
import requests_cache  # noqa: F401

import fixed_clock

os.environ.setdefault("TZ", "UTC")
fixed_clock.install()

import requests  # noqa: E402  (after the clock)
import urllib3  # noqa: E402
from airbyte_cdk.models import (  # noqa: E402
    AirbyteMessageSerializer,
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalogSerializer,
)
from airbyte_cdk.sources.declarative import concurrent_declarative_source as declarative  # noqa: E402

import web  # noqa: E402
from outcome import Outcome  # noqa: E402

_REPLACED = {"streams", "dynamic_streams", "definitions", "schemas", "metadata"}  # All references are resolved.
_imposter = [None]
_SCHEMA = declarative.get_declarative_component_schema()


def _send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else bytes(body)
    headers = {_text(key): _text(value) for key, value in request.headers.items()}
    answer = _imposter[0].answer(web.Request(request.method, request.url, headers, body))
    raw = urllib3.HTTPResponse(body=io.BytesIO(answer.body), headers=answer.headers, status=answer.status,
                               preload_content=False, request_method=request.method)
    return self.build_response(request, raw)


def _text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


requests.adapters.HTTPAdapter.send = _send
declarative.get_declarative_component_schema = lambda: _SCHEMA
logging.disable(logging.CRITICAL)


class Reference:
    """The reference with one manifest. Errors: what the reference raises for a manifest it refuses."""

    def __init__(self, manifest):
        source = declarative.ConcurrentDeclarativeSource(config={}, source_config=copy.deepcopy(manifest))
        self._manifest = source.resolved_manifest
        declarative.ConcurrentDeclarativeSource._validate_source = lambda source: None

    def dynamic_streams(self, config, imposter, now):
        """Returns the names of the streams that the manifest finds out by itself."""
        fixed_clock.set_now(now)
        _imposter[0] = imposter
        source = declarative.ConcurrentDeclarativeSource(
            config=config, source_config={**copy.deepcopy(self._manifest), "streams": []})
        return [stream["name"] for stream in source.dynamic_streams]

    def run(self, name, config, state, imposter, now):
        """Reads one stream. `state` is an earlier outcome's, or None."""
        fixed_clock.set_now(now)
        _imposter[0] = imposter
        outcome = Outcome()
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # Where it prints changed configurations.
                self._read(name, config, state, outcome)
        except BaseException as error:  # The reference's failure is a result here.
            outcome.error = outcome.error or f"{type(error).__name__}: {error}"[:400]
        outcome.requests = list(imposter.log)
        outcome.unknown = imposter.unknown
        return outcome

    def _read(self, name, config, state, outcome):
        definition = self._only(name)
        states = [] if state is None else [AirbyteStateMessageSerializer.load(
            {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": state}})]
        incremental = definition is not None
        catalog = ConfiguredAirbyteCatalogSerializer.load({"streams": [{
            "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]},
            "sync_mode": "incremental" if incremental else "full_refresh", "destination_sync_mode": "append"}]})
        source = declarative.ConcurrentDeclarativeSource(
            catalog=catalog, config=config, state=states, source_config=definition)
        for message in source.read(logging.getLogger("reference"), config, catalog, states):
            outcome.take(AirbyteMessageSerializer.dump(message))

    def _only(self, name):
        streams = [stream for stream in self._manifest.get("streams") or [] if stream.get("name") == name]
        rest = {key: value for key, value in self._manifest.items() if key not in _REPLACED}
        if streams:
            return copy.deepcopy({**rest, "streams": streams[:1]})
        return copy.deepcopy({**rest, "streams": [], "dynamic_streams": self._manifest.get("dynamic_streams") or []})


