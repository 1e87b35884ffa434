"""A simulated API as a process of its own, and the orders that change it."""
import contextlib
import json
import pathlib
import subprocess
import time
import urllib.request

START_SECONDS = 60


class Sandbox:
    """Serves from construction until stop(). `config` is the file with which the connector reads it."""

    def __init__(self, binary, source, folder, records, seed, more=()):
        folder.mkdir(parents=True, exist_ok=True)
        self.config = folder / "config.json"
        self._address_file = folder / "address.json"
        self._log = open(folder / "sandbox.log", "wb")
        self._process = subprocess.Popen(
            [binary, "sandbox", source, "--records", str(records), "--seed", str(seed), "--address-file",
             self._address_file, "--write-config", self.config, *more], stdout=self._log, stderr=subprocess.STDOUT)
        self._address = None
        self._wait(folder)

    def _wait(self, folder):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                json.loads(self.config.read_text())
                self._address = json.loads(self._address_file.read_text())
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"the sandbox did not start: {(folder / 'sandbox.log').read_text()}")

    def mutate(self, kind, count, entity):
        """Changes rows, and returns their keys."""
        answer = self._order("POST", "mutate", {"kind": kind, "count": count, "entity": entity})
        return [row["key"] for row in json.loads(answer[0])["rows"]]

    def set_faults(self, seed):
        """Starts another schedule of faults, 0 for none. Returns how often something went wrong so far."""
        return json.loads(self._order("POST", "faults", {"seed": seed})[0])["faults"]

    def now(self):
        """The simulated time."""
        return json.loads(self._order("GET", "state")[0])["now"]

    def rows(self, entity):
        """The living rows of an entity as the sandbox knows them."""
        rows, start = [], "0"
        while start:
            text, headers = self._order("GET", f"rows/{entity}?from={start}")
            rows += [json.loads(line) for line in text.splitlines()]
            start = headers.get("X-Sandbox-Next")
        return rows

    def _order(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://{self._address['host']}:{self._address['port']}/_sandbox/{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._address['token']}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode(), answer.headers

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()


LEDGER = pathlib.Path(__file__).resolve().parent / "ledger"
# The source's states, one a phase: what is done to the one before.
STATES = (
    (),
    (("update", 60, "entry"), ("insert", 40, "entry"), ("insert", 30, "event"), ("update", 25, "item"),
     ("delete", 12, "item")),
    (("insert", 25, "entry"), ("update", 90, "entry"), ("insert", 20, "event"), ("delete", 9, "item"),
     ("insert", 15, "item")),
)


class Ledger:
    """The kit's own API in each of its states, a server each: every run, disturbed or not, reads the same."""

    def __init__(self, binary, folder, records, seed, more=()):
        self._servers = []
        try:
            for phase in range(len(STATES)):
                server = Sandbox(binary, LEDGER, folder / f"ledger-{phase}", records, seed, more)
                self._servers.append(server)
                for orders in STATES[:phase + 1]:
                    for kind, count, entity in orders:
                        server.mutate(kind, count, entity)
        except BaseException:
            self.stop()
            raise

    def config(self, phase):
        return self._servers[phase].config

    def rows(self, phase, entity):
        """The living rows of an entity in a state."""
        return self._servers[phase].rows(entity)

    def stop(self):
        for server in self._servers:
            server.stop()
