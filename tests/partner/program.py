"""The program as a child process, for tests that talk to it or are talked to by it."""
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PATIENCE = 60  # Seconds for anything to happen; only a program that hangs meets it.
ADDRESS = re.compile(r"127\.0\.0\.1:(\d+)")


def words(*arguments):
    """Returns the command line of the program with these arguments."""
    return [os.environ["TENDRIL"], *map(str, arguments)]


def run(*arguments, status=0):
    """Runs the program to its end, which has to be of that status (None: any); returns both outputs."""
    ended = subprocess.run(words(*arguments), capture_output=True, text=True, timeout=PATIENCE * 3, check=False)
    if status is not None and ended.returncode != status:
        raise AssertionError(f"status {ended.returncode}: {ended.stdout}{ended.stderr}")
    return ended


class Child:
    """The program while it runs; its output is collected."""

    def __init__(self, *arguments):
        self._process = subprocess.Popen(words(*arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                         stdin=subprocess.DEVNULL, text=True, start_new_session=True)
        self._lines, self._changed = [], threading.Condition()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self):
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()

    @property
    def output(self):
        with self._changed:
            return "".join(self._lines)

    def wait_for(self, pattern):
        """Waits until a line matches; returns the match."""
        deadline = time.monotonic() + PATIENCE
        with self._changed:
            while True:
                for line in self._lines:
                    if found := re.search(pattern, line):
                        return found
                if self._process.poll() is not None and not self._reading.is_alive():
                    raise AssertionError(f"it ended: {''.join(self._lines)}")
                if time.monotonic() > deadline:
                    raise AssertionError(f"no {pattern} in: {''.join(self._lines)}")
                self._changed.wait(0.05)

    def end(self, number=signal.SIGTERM):
        """Sends the signal and returns the status."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        status = self._process.wait(timeout=PATIENCE)
        self._reading.join(timeout=PATIENCE)
        self._process.stdout.close()
        return status


class Sandbox:
    """The simulated GitHub, and the configuration for it."""

    def __init__(self, folder, records):
        self._address, self.config_file = folder / "address", folder / "github.json"
        self._child = Child("sandbox", "github", "--records", records, "--seed", 7, "--limit", "core=off",
                            "--address-file", self._address, "--write-config", self.config_file)
        self._child.wait_for("config:")
        self.config = json.loads(self.config_file.read_text())

    def rows(self, entity):
        ended = run("sandbox", "github", "rows", entity, "--address-file", self._address)
        return [json.loads(line) for line in ended.stdout.splitlines()]

    def mutate(self, kind, count, entity):
        """Changes rows; returns their keys."""
        ended = run("sandbox", "github", "mutate", kind, count, "--entity", entity, "--address-file", self._address)
        return [line.split(" ", 1)[1] for line in ended.stdout.splitlines()]

    def end(self):
        self._child.end()
