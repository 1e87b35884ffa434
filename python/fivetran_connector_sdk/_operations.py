"""Operations: what a connector does to its tables."""
import json

from ._link import native as _native
from ._files import send_file
from ._frames import CHECKPOINT, TASK, WARNING, send_json, send_text

_STATE_BYTES_MAX = 10 * 1024 * 1024


class Operations:
    """Each returns None, so that it may be called or yielded alike. Safe to use from many threads."""

    @staticmethod
    def upsert(table, data, *, file=None):
        """Inserts a row, or replaces the one of the same primary key; columns that `data` lacks become NULL."""
        if file is not None:
            data = send_file(table, data, file)
        _native.upsert(table, data)

    @staticmethod
    def update(table, modified, *, file=None):
        """Changes the columns that are given in the row of the same primary key; nothing when there is none."""
        if file is not None:
            modified = send_file(table, modified, file)
        _native.update(table, modified)

    @staticmethod
    def delete(table, keys):
        """Marks the row of this primary key as deleted."""
        _native.delete(table, keys)

    @staticmethod
    def truncate(table):
        """Marks all rows as deleted that the sync does not write again, once it has succeeded."""
        _native.truncate(table)

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
            raise ValueError(f"state is too large: {len(text)} bytes, at most {_STATE_BYTES_MAX}")
        send_text(CHECKPOINT, text)

    @staticmethod
    def warning(message):
        """Shows the user a warning."""
        send_json(WARNING, {"message": str(message)})

    @staticmethod
    def error(message, trace=None):
        """Shows the user what he has to do."""
        send_json(TASK, {"message": str(message), "trace": None if trace is None else str(trace)})
