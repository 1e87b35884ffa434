"""Work in child processes of its own, so that a hang or a crash costs one piece of it."""
import os
import pickle
import selectors
import signal
import time


def call(function, timeout):
    """Runs `function()` in a child. Returns (result, None), or (None, reason) when it hung or died."""
    child = _Child(function, timeout)
    while not child.done():
        child.read(0.5)
    return child.result()


def for_each(items, function, jobs, timeout):
    """Yields (item, result, reason) for each item as it is done, `jobs` at a time."""
    waiting, running = list(items), {}
    selector = selectors.DefaultSelector()
    while waiting or running:
        while waiting and len(running) < jobs:
            item = waiting.pop(0)
            child = _Child(lambda item=item: function(item), timeout)
            running[child.pipe] = (item, child)
            selector.register(child.pipe, selectors.EVENT_READ)
        for key, _ in selector.select(0.5):
            running[key.fd][1].read(0)
        for pipe, (item, child) in list(running.items()):
            if child.done():
                selector.unregister(pipe)
                del running[pipe]
                yield (item, *child.result())


class _Child:
    def __init__(self, function, timeout):
        self.pipe, write = os.pipe()
        self._deadline = time.monotonic() + timeout
        self._timeout = timeout
        self._data = bytearray()
        self._ended = False
        self._late = False
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self.pipe)
            os.setpgid(0, 0)
            _serve(function, write)
        os.close(write)

    def read(self, seconds):
        with selectors.DefaultSelector() as selector:
            selector.register(self.pipe, selectors.EVENT_READ)
            if selector.select(seconds):
                block = os.read(self.pipe, 1 << 20)
                self._data += block
                self._ended = not block

    def done(self):
        self._late = not self._ended and time.monotonic() > self._deadline
        return self._ended or self._late

    def result(self):
        if self._late:
            self._kill()
        os.close(self.pipe)
        _, status = os.waitpid(self._pid, 0)
        self._kill()
        if self._late:
            return None, f"not done within {self._timeout:g} s"
        try:
            return pickle.loads(bytes(self._data)), None
        except (pickle.UnpicklingError, EOFError):
            return None, f"died with status {os.waitstatus_to_exitcode(status)}"

    def _kill(self):
        try:
            os.killpg(self._pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def _serve(function, write):
    status = 1
    try:
        data = memoryview(pickle.dumps(function()))
        while data:
            data = data[os.write(write, data):]
        status = 0
    except BaseException as error:
        os.write(2, f"conformance: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(status)
