"""Time windows: which one a request asks for, and instants inside it in the form of the stream's cursor."""
import datetime as clock
import re

import config as configs
import instants
import manifest as manifests
import templates

_BOUND = re.compile(r"start_time|end_time|stream_interval|stream_slice|stream_partition")


class Windows:
    """The windows of one endpoint's stream."""

    def __init__(self, endpoint, config, now):
        self._cursor = endpoint.shape.cursor
        self._config = config
        self._now = now
        self._start = configs.window_start({"incremental_sync": self._cursor}, now)
        parameters = self._cursor.get("$parameters")
        forms = [*(self._cursor.get("cursor_datetime_formats") or []), self._cursor.get("datetime_format")]
        self._forms = [form for form in forms if form]
        self._slots = set()
        for key in ("start_time_option", "end_time_option"):
            option = self._cursor.get(key) or {}
            name = option.get("field_name") or (option.get("field_path") or [None])[-1]
            if name:
                self._slots.add(templates.static_text(str(name), config, parameters) or name)
        self._note_templates(endpoint.requester)
        self._path_has_window = _BOUND.search(str(endpoint.requester.get("path") or ""))

    def _note_templates(self, requester):
        for place in ("request_parameters", "request_headers", "request_body_json", "request_body_data",
                      "request_body"):
            for part in manifests.walk(requester.get(place)):
                for name, value in part.items():
                    if isinstance(value, str) and _BOUND.search(value):
                        self._slots.add(name)

    def asked_for(self, request, values):
        """Returns the window's bounds; the whole range of the stream where none is recognised."""
        if not self._cursor:
            return None, None
        found = []
        for name, value in values:
            if name in self._slots:
                whole = instants.instant_of(value, self._forms)
                found += [whole] if whole else instants.instants_in(value)
        if not found and self._path_has_window:
            found = instants.instants_in(request.url)
        if not found and self._slots:
            found = instants.instants_in(request.body.decode("utf-8", "replace"))
        found = sorted(instant.astimezone(instants.UTC) for instant in found)
        if not found:
            return self._start, self._now
        return found[0], found[-1] if len(found) > 1 else max(self._now, found[0])

    def spread(self, low, high):
        """Returns a function from (index, count) to the cursor value there, made by the field's type."""
        if low is None:
            return lambda index, count: None
        if self._cursor.get("type") == "IncrementingCountCursor":
            return lambda index, count: lambda declared: index + 1
        backwards = bool(self._cursor.get("is_data_feed"))

        def at(index, count):
            position = (count - 1 - index if backwards else index) / max(count, 1)
            instant = low + clock.timedelta(seconds=int((high - low).total_seconds() * position))
            return lambda declared: self._value(instant, declared)

        return at

    def _value(self, instant, declared):
        form = self._forms[0] if self._forms else "%Y-%m-%dT%H:%M:%SZ"
        text = instants.text_of(instant, form)
        if declared in ("integer", "number") and form.startswith(("%s", "%ms", "%epoch")):
            return int(float(text))
        return text
