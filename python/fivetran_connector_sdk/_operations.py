"""Operations: what a connector does to its tables."""
import json

from ._link import native as _native
from ._frames import CHECKPOINT, TASK, WARNING, send_json, send_text

_STATE_BYTES_MAX = 10 * 1024 * 1024


class Operations:
    """Each returns None, so that it may be called or yielded alike. Safe to use from many threads.

    Those on rows are the native module's own functions: a call more for every row would be felt.
    """

    upsert = staticmethod(_native.upsert)
    update = staticmethod(_native.update)
    delete = staticmethod(_native.delete)
    truncate = staticmethod(_native.truncate)

    @staticmethod
    def checkpoint(state):
        """Makes everything so far durable, together with the state from which the next sync goes on."""
        if not isinstance(state, dict):
            raise TypeError(f"state must be one JSON object: checkpoint() takes a dict, not the {type(state).__name__} "
                            f"{repr(state)[:80]}")
        try:
            text = json.dumps(state, allow_nan=False)
        except (TypeError, ValueError) as fault:
            raise type(fault)(f"state is no JSON: {fault}; checkpoint() takes texts, numbers, True, False, None, and "
                              f"lists and dicts of them") from None
        if len(text) > _STATE_BYTES_MAX:
            raise ValueError(f"state is too large: {len(text)} bytes, at most 10 MB ({_STATE_BYTES_MAX} bytes)")
        send_text(CHECKPOINT, text)

    @staticmethod
    def warning(message):
        """Shows the user a warning."""
        send_json(WARNING, {"message": str(message)})

    @staticmethod
    def error(message, trace=None):
        """Shows the user what he has to do."""
        send_json(TASK, {"message": str(message), "trace": None if trace is None else str(trace)})
