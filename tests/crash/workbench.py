"""The workbench of a check: the program, the source's states, the targets, and what undisturbed runs leave."""
import itertools
import threading
from dataclasses import dataclass, field

import program
from sandbox import LEDGER, STATES

COMMIT_ROWS = 30
# So little that rows which wait for their checkpoint go to disk.
MEMORY = "1MiB"
SPILL_MEMORY = "64kB"
PHASES = range(len(STATES))


class CheckError(Exception):
    """What makes a check impossible; its text says why."""


@dataclass
class Bench:
    """What all checks share. Safe to share between threads once made."""
    binary: object
    ledger: object
    targets: object
    folder: object
    shim: object
    take_over: tuple = ()  # What makes a second sync take over from one that may still run.
    _numbers: object = field(default_factory=itertools.count)
    _undisturbed: dict = field(default_factory=dict)
    _locks: dict = field(default_factory=dict)
    _lock: object = field(default_factory=threading.Lock)

    def number(self):
        return next(self._numbers)

    def start(self, target, combination, phase, fault="", more=(), environment=None):
        """Starts a sync of one phase."""
        memory = SPILL_MEMORY if combination.point == "rows-spilled" else MEMORY
        command = [self.binary, "sync", LEDGER, "--config", self.ledger.config(phase), "--to", target.uri,
                   "--stream", combination.streams, "--mode", combination.mode, "--commit-rows", COMMIT_ROWS,
                   "--memory", memory, "--log-format", "json", "--log-level", "debug", *more]
        log = self.folder / f"sync-{self.number()}.log"
        own = {"TENDRIL_FAULT": fault, "TENDRIL_HOME": str(target.home)}
        return program.Sync(command, log, (environment or {}) | own)

    def sync(self, *arguments, **options):
        """Runs a sync of one phase to its end."""
        return self.start(*arguments, **options).wait()

    def undisturbed(self, combination):
        """Returns the rows after each phase, read from a target that nothing disturbed; each is made once."""
        key = combination.destination, combination.mode
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._undisturbed:
                self._undisturbed[key] = self._make_undisturbed(combination)
            return self._undisturbed[key]

    def _make_undisturbed(self, combination):
        target = self.targets.make(combination.destination, f"calm-{combination.destination}-{combination.mode}")
        after = []
        for phase in PHASES:
            ended = self.sync(target, combination, phase)
            if ended.code != 0:
                raise CheckError(f"an undisturbed sync into {target.uri} ({combination.mode}) failed: {ended.fault()}")
            after.append(self.targets.rows(target))
        if not after[0] or after[0] == after[1] or after[1] == after[2]:
            raise CheckError(f"the phases of {combination.destination} {combination.mode} do not differ")
        self.targets.drop(target)
        return after
