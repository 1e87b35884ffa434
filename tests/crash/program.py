"""The program under test as a child process: killed, stopped, woken, or left to its end."""
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass

RUN_SECONDS = 300


@dataclass
class Ended:
    """How a sync ended. `code` is None when a signal ended it."""
    code: int
    signal: int
    messages: str

    @property
    def killed(self):
        return self.signal == signal.SIGKILL

    def fault(self):
        """What the program said was wrong, in a line."""
        lines = [line for line in self.messages.splitlines() if line.strip()]
        said = [line for line in lines if '"level":"error"' in line or line.startswith("error:")] or lines[-1:]
        how = f"signal {self.signal}" if self.signal else f"exit status {self.code}"
        return f"{how}: {' / '.join(said[-3:])[:600]}"

    def committed_rows(self):
        """The rows of the commits that the program knew to be durable."""
        rows = 0
        for line in self.messages.splitlines():
            if "rows were committed" in line:
                rows += json.loads(line)["rows"]
        return rows


class Sync:
    """A running sync. Its messages go to a file, so that a stopped one blocks nobody."""

    def __init__(self, command, log, environment=None):
        self._log = log
        self._file = open(log, "wb")
        self._process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=self._file,
                                         env=os.environ | (environment or {}))

    def wait(self, seconds=RUN_SECONDS):
        """Returns how it ended. Raises TimeoutError when it does not."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired as late:
            self.kill()
            raise TimeoutError(f"a sync was not done within {seconds} s") from late
        return self._ended(status)

    def wait_until_stopped(self, seconds=RUN_SECONDS):
        """Returns None once it is stopped, or how it ended when it ended before."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self._process.pid, os.WUNTRACED | os.WNOHANG)
            if pid and os.WIFSTOPPED(status):
                return None
            if pid:
                self._process.returncode = os.waitstatus_to_exitcode(status)
                return self._ended(self._process.returncode)
            time.sleep(0.01)
        self.kill()
        raise TimeoutError(f"a sync neither stopped nor ended within {seconds} s")

    def wake(self):
        self._process.send_signal(signal.SIGCONT)

    def kill(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._file.close()

    def _ended(self, status):
        self._file.close()
        with open(self._log, encoding="utf-8", errors="replace") as file:
            text = file.read()
        return Ended(None if status < 0 else status, -status if status < 0 else 0, text)


def fault_points(binary):
    """The numbered points of the program, by name, in their order."""
    text = subprocess.run([binary, "fault-points", "--json"], check=True, capture_output=True).stdout
    return {point["name"]: point["number"] for point in json.loads(text)}


def take_over_options(binary):
    """What makes a second sync take over from one that may still run."""
    text = subprocess.run([binary, "help", "sync"], check=True, capture_output=True, text=True).stdout
    return ("--take-over",) if "--take-over" in text else ()
