#!/usr/bin/env python3
"""The benchmarks of `./dev bench`. Each prints a table with ratios to a limit or a peer measured in the
same run; docs/benchmarks.md says how to read it."""
import argparse
import json
import os
import pathlib
import sys
import tempfile
from dataclasses import asdict

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from children import ROOT, BenchError, end_on_signals  # noqa: E402
from destinations.memory import MemoryBenchmark  # noqa: E402
from destinations.places import NAMES  # noqa: E402
from destinations.write import WriteBenchmark  # noqa: E402
from expr.benchmark import RATIO_LEAST, ExprBenchmark  # noqa: E402
from fivetran.benchmark import FivetranBenchmark  # noqa: E402
from rest.benchmark import RestBenchmark  # noqa: E402


def rest(options):
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "build") as folder:
        benchmark = RestBenchmark(options, pathlib.Path(folder))
        benchmark.measure()
    if options.json:
        print_json(benchmark)
    else:
        print_table(benchmark)
        print_machine()


def expr(options):
    benchmark = ExprBenchmark(options)
    benchmark.measure()
    if options.json:
        print_json(benchmark)
    else:
        print_templates(benchmark)
    missed = benchmark.missed() if options.check else []
    if missed:
        raise BenchError("the goal is missed:\n" + "\n".join(missed))


def memory(options):
    options.destination = options.destination or list(options.default_destinations)
    judge(options, MemoryBenchmark, print_memory)


def write(options):
    options.destination = options.destination or list(options.default_destinations)
    judge(options, WriteBenchmark, print_write)


def fivetran(options):
    judge(options, FivetranBenchmark, print_table)


def judge(options, kind, show):
    """Measures, shows, and fails when a goal is missed."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "build") as folder:
        # The server's user has to come through.
        os.chmod(folder, 0o755)
        benchmark = kind(options, pathlib.Path(folder))
        benchmark.measure()
    if options.json:
        print_json(benchmark)
    else:
        show(benchmark)
        print_machine()
    missed = benchmark.missed()
    if missed:
        raise BenchError("the goal is missed:\n" + "\n".join(missed))
    print("all goals are kept", file=sys.stderr if options.json else sys.stdout)


def print_memory(benchmark):
    print(f"{'destination':16}{'records':>14}{'peak MiB':>10}{'seconds':>10}")
    for line in benchmark.lines:
        print(f"{line.destination:16}{line.records:>14,}{line.peak_rss_mib:>10,.0f}{line.seconds:>10,.0f}")


def print_write(benchmark):
    print(f"{'':32}{'rows':>12}{'per CPU-s':>12}{'ratio':>8}")
    for line in benchmark.lines:
        ratio = "" if line.ratio is None else f"{line.ratio:>8.2f}"
        print(f"{line.name:32}{line.records:>12,}{line.rows_per_cpu_second:>12,.0f}{ratio}")


def print_json(benchmark):
    figures = {key: round(value, 3) for key, value in benchmark.figures.items()}
    lines = [{key: round(value, 1) if isinstance(value, float) else value for key, value in asdict(line).items()}
             for line in benchmark.lines]
    print(json.dumps(figures | {"lines": lines}, ensure_ascii=False))


def print_templates(benchmark):
    print(f"{'evaluations per CPU-second':72}{'tendril':>12}{'reference':>11}{'converted':>11}{'rendered':>10}"
          f"{'ratio':>8}{'rendered':>10}{'allocations':>13}")
    for line in sorted(benchmark.lines, key=lambda line: not line.commonest):
        name = line.template if line.commonest else f"further: {line.template}"
        print(f"{shortened(name, 70):72}{line.ours:>12,.0f}{line.reference:>11,.0f}{line.converted:>11,.0f}"
              f"{line.rendered:>10,.0f}{line.ratio:>8,.0f}{line.ratio_rendered:>10,.0f}{line.allocations:>13,.0f}")
    print_machine()
    print(f"ratio to rendering alone: {benchmark.figures['ratio_rendered_mean']:.1f} in the geometric mean, "
          f"{benchmark.figures['ratio_rendered_least']:.1f} at least")
    print(f"ratio of the {sum(line.commonest for line in benchmark.lines)} commonest: "
          f"{benchmark.figures['ratio_mean']:.1f} in the geometric mean, "
          f"{benchmark.figures['ratio_least']:.1f} at least; the goal is {RATIO_LEAST}")


def shortened(text, length):
    return text if len(text) <= length else text[:length - 1] + "…"


def cell(value, width):
    return " " * width if value is None else f"{value:>{width},.0f}"


def print_table(benchmark):
    print(f"{'':32}{'records':>12}{'records/s':>12}{'per CPU-s':>12}{'peak MiB':>10}")
    for line in benchmark.lines:
        print(f"{line.name:32}{line.records:>12,}{cell(line.records_per_second, 12)}"
              f"{cell(line.records_per_cpu_second, 12)}{cell(line.peak_rss_mib, 10)}".rstrip())
    print()
    for key, value in benchmark.figures.items():
        print(f"{key:32}{value:>12,.2f}")


def print_machine():
    print(f"\n{os.cpu_count()} cores; load in the last minute: {os.getloadavg()[0]:.1f}")


def at_least(least):
    def parse(text):
        number = int(text)
        if number < least:
            raise ValueError
        return number

    parse.__name__ = f"whole number from {least}"  # What argparse calls it.
    return parse


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    tasks = parser.add_subparsers(dest="task", required=True)
    task = tasks.add_parser("rest", help="REST pages into null: and DuckDB")
    task.add_argument("--records", type=at_least(1), default=1_000_000)
    task.add_argument("--records-large", type=at_least(0), default=10_000_000, help="0: leave the long run out")
    task.add_argument("--rounds", type=at_least(1), default=3, help="the best of so many runs counts")
    task.add_argument("--peers", action="store_true", help="measure the Airbyte CDK and dlt too")
    task.add_argument("--peer-records", type=at_least(1), default=200_000)
    task.add_argument("--peer-rounds", type=at_least(1), default=1)
    task.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    task.set_defaults(call=rest)
    task = tasks.add_parser("expr", help="templates of manifests, beside the reference's Jinja2")
    task.add_argument("--rounds", type=at_least(1), default=3, help="the best of so many runs counts")
    task.add_argument("--check", action="store_true", help="fail when one of the commonest templates misses the goal")
    task.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    task.set_defaults(call=expr)
    task = tasks.add_parser("memory", help="peak memory of syncs, by the number of records")
    task.add_argument("--records", type=at_least(1), nargs="+", default=[1_000_000, 10_000_000, 50_000_000])
    task.add_argument("--destination", action="append", choices=NAMES)
    task.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    task.set_defaults(call=memory, default_destinations=NAMES[:3])
    task = tasks.add_parser("write", help="rows per CPU-second into each destination, beside its own loader")
    task.add_argument("--records", type=at_least(1), default=1_000_000)
    task.add_argument("--rounds", type=at_least(1), default=3, help="the best of so many runs counts")
    task.add_argument("--destination", action="append", choices=NAMES)
    task.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    task.set_defaults(call=write, default_destinations=NAMES)
    task = tasks.add_parser("fivetran", help="Connector SDK projects by tendril debug, beside Python alone")
    task.add_argument("--project", action="append", choices=["narrow", "wide", "nested"])
    task.add_argument("--scale", type=float, default=1.0, help="of the number of rows")
    task.add_argument("--rounds", type=at_least(1), default=3, help="the best of so many runs counts")
    task.add_argument("--python", default="python3")
    task.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    task.set_defaults(call=fivetran)
    options = parser.parse_args()
    end_on_signals()
    try:
        options.call(options)
    except (BenchError, OSError) as fault:
        sys.exit(f"bench: {fault}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
