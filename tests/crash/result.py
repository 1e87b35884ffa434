"""What one check of a combination found."""
from dataclasses import dataclass, field


@dataclass
class Result:
    """`rounds` is how many were run, `passes` how often the point was come to."""
    kind: str                 # "kill", "stop", "power" or "faults".
    name: str
    rounds: int = 0
    passes: int = 0
    lost: int = 0
    duplicated: int = 0
    faults: list = field(default_factory=list)   # What was wrong, in a line each.
    replays: list = field(default_factory=list)  # Commands that repeat it, in the order of the faults.
    notes: list = field(default_factory=list)

    @property
    def ok(self):
        return not self.faults

    def fail(self, fault, replay, lost=0, duplicated=0):
        self.faults.append(fault)
        self.replays.append(replay)
        self.lost += lost
        self.duplicated += duplicated

    def line(self):
        head = f"{self.kind:6} {self.name:44} rounds {self.rounds:3}  passed {self.passes:4}"
        tail = "  ok" if self.ok else f"  lost {self.lost}, duplicated {self.duplicated}"
        notes = f"  ({'; '.join(dict.fromkeys(self.notes))})" if self.notes else ""
        lines = [head + tail + notes]
        for fault, replay in zip(self.faults, self.replays):
            lines += [f"       {fault}", f"       {replay}"]
        return "\n".join(lines)
