"""What the reference did, kept in a folder, so that only our engine runs when nothing else has changed."""
import os
import pickle
import sys

import goldens
import web


class KeptExpectations:
    """Expectations of one manifest, from the folder where they are there.
    `asked` are those that ask the reference."""

    def __init__(self, folder, sha, asked):
        self._folder = folder
        self._prefix = f"{goldens.kit()}:{sha}:{sys.version}"
        self._asked = asked

    def dynamic_streams(self, resolved):
        if not resolved.get("dynamic_streams"):
            return []
        return self._kept("dynamic", lambda: self._asked.dynamic_streams(resolved))

    def outcomes(self, name, runs, timeout):
        return self._kept(f"{name}:{runs.__name__}", lambda: self._asked.outcomes(name, runs, timeout))

    def faults(self, name, first):
        return self._asked.faults(name, first)

    def differences(self, expected, got):
        return self._asked.differences(expected, got)

    def _kept(self, key, find):
        path = self._folder / f"{web.digest(self._prefix + ':' + key)}.pickle"
        if path.exists():
            return pickle.loads(path.read_bytes())
        found = find()
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(pickle.dumps(found))
        fresh.replace(path)
        return found
