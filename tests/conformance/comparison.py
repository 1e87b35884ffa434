"""Compares what two engines did with a stream, and says what differs first."""
import collections
import dataclasses
import json

import web


@dataclasses.dataclass
class Difference:
    part: str  # run, requests, records or state
    kind: str  # What all differences of this kind have in common.
    expected: str
    got: str

    def __str__(self):
        return f"{self.part}: {self.kind}: expected {self.expected[:160]}, got {self.got[:160]}"


def differences(expected, got):
    """Returns the differences of two outcomes: at most one each for the run, requests, records and state."""
    found = []
    if not got.ok():
        found.append(Difference("run", _error_kind(got.error or got.status), "complete", got.error or got.status))
    for compare in (_requests, _records, _state):
        difference = compare(expected, got)
        if difference:
            found.append(difference)
    return found


def _error_kind(error):
    if error.startswith(("hang", "crash")):
        return error.split(":")[0]
    words = error.split(": ")
    return ": ".join([words[0], *words[-2:]])[:160] if len(words) > 2 else error[:160]


def _requests(expected, got):
    missing = sorted(set(expected.requests) - set(got.requests))
    extra = sorted(set(got.requests) - set(expected.requests))
    if not missing and not extra:
        return None
    if not missing or not extra:
        one = (missing or extra)[0]
        kind = "not sent" if missing else "sent besides"
        return Difference("requests", kind, f"{len(set(expected.requests))} requests",
                          f"{len(set(got.requests))}; {kind}: {one}")
    pairs = [(_distance(json.loads(a), json.loads(b)), a, b) for a in missing[:20] for b in extra[:20]]
    _, a, b = min(pairs)
    return Difference("requests", _request_kind(json.loads(a), json.loads(b)), a, b)


def _distance(a, b):
    score = sum(a[key] != b[key] for key in ("method", "url", "body"))
    score += len(_unlike(dict(map(tuple, a["query"])), dict(map(tuple, b["query"]))))
    return score + len(_unlike(a["headers"], b["headers"]))


def _unlike(a, b):
    return sorted(key for key in {*a, *b} if a.get(key, ...) != b.get(key, ...))


def _request_kind(a, b):
    parts = [key for key in ("method", "url") if a[key] != b[key]]
    if a["query"] != b["query"]:
        names = _unlike(dict(map(tuple, a["query"])), dict(map(tuple, b["query"])))
        parts.append("query " + _presence(dict(map(tuple, a["query"])), dict(map(tuple, b["query"])), names))
    if a["headers"] != b["headers"]:
        names = _unlike(a["headers"], b["headers"])
        parts.append(f"header {names[0] if names else ''} " + _presence(a["headers"], b["headers"], names))
    if a["body"] != b["body"]:
        parts.append("body")
    return ", ".join(parts)


def _presence(a, b, names):
    if not names:
        return "repeated"
    name = names[0]
    return "missing" if name not in b else "too much" if name not in a else "value"


def _records(expected, got):
    wanted, have = collections.Counter(expected.records), collections.Counter(got.records)
    missing, extra = wanted - have, have - wanted
    if not missing and not extra:
        return None
    if not missing or not extra:
        one = next(iter(missing or extra))
        return Difference("records", "too few" if missing else "too many", f"{len(expected.records)} records",
                          f"{len(got.records)}, e.g. {one}")
    candidates = [json.loads(text) for text in list(extra)[:200]]
    a = json.loads(next(iter(missing)))
    b = min(candidates, key=lambda other: len(_unlike(a, other)) if isinstance(other, dict) else 10 ** 6)
    names = _unlike(a, b)
    if not names:
        return Difference("records", "too many of one", web.text_of(a), web.text_of(b))
    name = names[0]
    kind = f"field {_value_kind(a, name)} became {_value_kind(b, name)}"
    return Difference("records", kind, f"{name} = {web.text_of(a.get(name, '(absent)'))}",
                      f"{name} = {web.text_of(b.get(name, '(absent)'))}")


def _value_kind(record, name):
    if name not in record:
        return "absent"
    return type(record[name]).__name__


def _state(expected, got):
    a, b = expected.comparable_state(), got.comparable_state()
    if web.text_of(a) == web.text_of(b):
        return None
    return Difference("state", _state_kind(a, b), web.text_of(a), web.text_of(b))


def _state_kind(a, b):
    if a is None or b is None:
        return "there is none" if b is None else "there is one"
    names = _unlike(a, b)
    return f"{names[0] if len(names) == 1 and names[0] in _STATE_FIELDS else 'members'} differ" if names else "differs"


_STATE_FIELDS = {"states", "state", "parent_state", "use_global_cursor", "lookback_window"}


def failed_alike(expected, got):
    """Compares with a run that failed: that ours fails too is all that is asked."""
    if not got.ok():
        return []
    return [Difference("run", "the reference fails here", expected.error or expected.status, "complete")]
