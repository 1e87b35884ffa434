"""The processes that a benchmark starts: each measured alone, none of which outlives the benchmark."""
import contextlib
import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1  # Of prctl(2).
ERROR_TEXT_MAX = 3000
LIBC = ctypes.CDLL(None, use_errno=True)


def note(text):
    """Says what is under way."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


class BenchError(Exception):
    """What ends the benchmark; its text says why."""


@dataclass
class Run:
    """What one process took, and what it printed."""
    seconds: float
    cpu_seconds: float
    peak_rss_mib: float
    output: object  # What the reader of stdout made of it.
    errors: str


def end_with_parent():
    """Runs in the child: the kernel ends it should the benchmark itself be killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def process(command, **options):
    """A child in a group of its own; the group is gone when the block is left, however it is left."""
    words = [str(word) for word in command]
    try:
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True,
                                 preexec_fn=end_with_parent, **options)
    except OSError as fault:
        raise BenchError(f"{words[0]} does not start: {fault}") from fault
    try:
        with child.stdout:
            yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        if child.returncode is None:
            child.wait()


def error_text(file):
    file.seek(0)
    return file.read().decode(errors="replace")


def failure(command, status, errors):
    code = os.waitstatus_to_exitcode(status)
    how = f"ended by signal {-code}" if code < 0 else f"failed with exit code {code}"
    return BenchError(f"{' '.join(str(word) for word in command)}\n{how}:\n{errors[-ERROR_TEXT_MAX:].strip()}")


def run(command, read=lambda stream: stream.read(), env=None, cwd=None):
    """Runs a command to its end; `read` takes its stdout. Time and memory are those of the command alone.

    Raises BenchError when it fails."""
    with tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        with process(command, stderr=errors, env=env, cwd=cwd) as child:
            output = read(child.stdout)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.monotonic() - start
            child.returncode = os.waitstatus_to_exitcode(status)
        if status != 0:
            raise failure(command, status, error_text(errors))
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output, error_text(errors))


@contextlib.contextmanager
def server(command):
    """A server that prints its port first; yields its base URL."""
    with tempfile.TemporaryFile() as errors, process(command, stderr=errors) as child:
        line = child.stdout.readline().strip()
        if not line.isdigit():
            _, status = os.waitpid(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            raise failure(command, status, error_text(errors) or f"it printed no port but {line!r}")
        yield f"http://127.0.0.1:{int(line)}"


def end_on_signals():
    """Lets an ending signal unwind the stack, as ctrl-C does."""
    def leave(number, _frame):
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
