"""Templates of manifests, evaluated by us and by the Jinja2 of the reference implementation."""
import json
import math
import pathlib
import re
from dataclasses import dataclass

from children import ROOT, BenchError, note, run
from peers import PYTHON, ensure_peers

HELPER = ROOT / "build/release/tendril_expr_bench"
HERE = pathlib.Path(__file__).resolve().parent
SHAPES = HERE / "shapes.json"
RATIO_LEAST = 50
# The best of the rounds counts. CPU nanoseconds of one evaluation:
TIMINGS = ["ours_ns", "reference_ns", "converted_ns", "rendered_ns"]


@dataclass
class Shape:
    """What one template took, in evaluations per CPU-second."""
    template: str
    commonest: bool
    ours: float
    reference: float  # The reference's own call, with its caches warm.
    converted: float  # The compiled Jinja2 template rendered, and the text converted as the reference does.
    rendered: float   # Rendered alone.
    allocations: float

    @property
    def ratio(self):
        return self.ours / self.converted

    @property
    def ratio_rendered(self):
        return self.ours / self.rendered


def same(ours, theirs, is_time):
    """Moments differ in their digits only."""
    if is_time:
        return re.sub(r"\d", "0", str(ours)) == re.sub(r"\d", "0", str(theirs))
    return ours == theirs and type(ours) is type(theirs)


def merged(shapes, runs):
    """The best of each shape's runs. Raises BenchError where the two sides do not agree on a result."""
    for number, shape in enumerate(shapes):
        each = [ours[number] | theirs[number] | {"ours": ours[number]["result"]} for ours, theirs in runs]
        for one in each:
            if not same(one["ours"], one["result"], shape.get("time", False)):
                raise BenchError(f"{shape['template']} is {one['ours']!r} here and {one['result']!r} in the reference")
        yield {key: min(one[key] for one in each) for key in [*TIMINGS, "allocations"]}


class ExprBenchmark:
    """Takes the figures into `lines` and `figures`."""

    def __init__(self, options):
        self.rounds = options.rounds
        self.lines = []
        self.figures = {}

    def measure(self):
        ensure_peers()
        content = json.loads(SHAPES.read_text())
        shapes = content["commonest"] + content["further"]
        runs = [self.round(number + 1) for number in range(self.rounds)]
        for number, best in enumerate(merged(shapes, runs)):
            rates = [1e9 / best[key] for key in TIMINGS]
            self.lines.append(Shape(shapes[number]["template"], number < len(content["commonest"]), *rates,
                                    best["allocations"]))
        ratios = [line.ratio for line in self.lines if line.commonest]
        rendered = [line.ratio_rendered for line in self.lines if line.commonest]
        self.figures = {
            "ratio_mean": mean(ratios),
            "ratio_least": min(ratios),
            "ratio_rendered_mean": mean(rendered),
            "ratio_rendered_least": min(rendered),
            "ratio_limit": RATIO_LEAST,
        }

    def round(self, number):
        """Ours and theirs, one right after the other."""
        note(f"round {number} of {self.rounds}")
        return (json.loads(run([HELPER, SHAPES]).output), json.loads(run([PYTHON, HERE / "reference.py", SHAPES]).output))

    def missed(self):
        """What falls short of its goal, a line each."""
        return [f"{line.template} is {line.ratio:.0f} times as fast, not {RATIO_LEAST}"
                for line in self.lines if line.commonest and line.ratio < RATIO_LEAST]


def mean(ratios):
    """The geometric one."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios))
