"""What one run of one engine over one stream gave."""
import dataclasses

import web

_BOOKKEEPING = {"__ab_full_refresh_sync_complete", "__ab_no_cursor_state_message"}


@dataclasses.dataclass
class Outcome:
    requests: list = dataclasses.field(default_factory=list)
    records: list = dataclasses.field(default_factory=list)  # Canonical texts.
    state: dict = None  # The last one.
    status: str = ""  # The stream's last: COMPLETE, INCOMPLETE, …
    error: str = ""
    unknown: int = 0  # Requests that the imposter could not place.

    def take(self, message):
        """Takes one message of the protocol, as a mapping."""
        kind = message.get("type")
        if kind == "RECORD":
            self.records.append(web.text_of(message["record"]["data"]))
        elif kind == "STATE":
            stream = message["state"].get("stream") or {}
            self.state = stream.get("stream_state")
        elif kind == "TRACE":
            self._trace(message["trace"])

    def _trace(self, trace):
        if trace.get("type") == "STREAM_STATUS":
            self.status = trace["stream_status"]["status"]
        elif trace.get("type") == "ERROR" and not self.error:
            error = trace["error"]
            self.error = (error.get("internal_message") or error.get("message") or "error")[:400]

    def ok(self):
        return not self.error and self.status in ("COMPLETE", "")

    def comparable_state(self):
        """The state without what tells nothing of the data: how long the run took, in which order partitions came."""
        return _comparable(self.state)


def _comparable(state):
    if not isinstance(state, dict):
        return state
    made = {key: _comparable(value) for key, value in state.items() if key not in _BOOKKEEPING}
    if isinstance(made.get("states"), list):
        made["states"] = sorted(made["states"], key=web.text_of)
        made.pop("lookback_window", None)
    return made or None
