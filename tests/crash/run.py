#!/usr/bin/env python3
"""Proves that nothing is lost and nothing comes twice, whatever ends or stops the program, and whenever.

usage: ./dev crash [--rounds N] [--quick] [--only POINT]... [--destination D]... [--mode M]... [--class C]...
       ./dev crash --faults N [--seed S]

For each numbered fault point, destination and write mode, syncs of a simulated API in three states are killed at
that point, started again until they are done, and what a reader sees is compared with what undisturbed syncs leave,
as multisets of keys and row hashes. Classes: kill (SIGKILL), stop (SIGSTOP, another takes over, SIGCONT) and power
(what was not synced is gone). --faults reads a simulated GitHub that answers wrongly while its rows change.
docs/guarantees.md says what is promised. Exit status: 0 nothing lost or duplicated, 1 otherwise.
"""
import argparse
import contextlib
import pathlib
import shutil
import signal
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import kills  # noqa: E402
import matrix  # noqa: E402
import power  # noqa: E402
import program  # noqa: E402
import vendor_faults  # noqa: E402
import zombies  # noqa: E402
from result import Result  # noqa: E402
from sandbox import Ledger  # noqa: E402
from servers import postgres_server  # noqa: E402
from targets import Targets  # noqa: E402
from workbench import Bench, CheckError  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CLASSES = ("kill", "stop", "power")
RECORDS = 400
QUICK_RECORDS = 120


def at_least_one(text):
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more: {text}")
    return int(text)


def stop_place(text):
    at, phase = text.split(",")
    return int(at), int(phase)


def arguments():
    parser = argparse.ArgumentParser(prog="./dev crash", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=at_least_one, default=3, metavar="N", help="of each combination")
    parser.add_argument("--quick", action="store_true", help="a small selection, one round each")
    parser.add_argument("--only", action="append", metavar="POINT", help="this fault point; may be repeated")
    parser.add_argument("--destination", action="append", choices=matrix.DESTINATIONS)
    parser.add_argument("--mode", action="append", choices=matrix.EVERY_MODE)
    parser.add_argument("--class", dest="classes", action="append", choices=CLASSES)
    parser.add_argument("--faults", type=at_least_one, metavar="N", help="N seeds of wrong answers instead")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--jobs", type=at_least_one, default=2)
    parser.add_argument("--records", type=at_least_one, default=None, help="rows of the simulated API's main table")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/tendril")
    parser.add_argument("--query", type=pathlib.Path, help="tendril_crash_query; beside the binary by default")
    parser.add_argument("--shim", type=pathlib.Path, help="fsync_shim.so; beside the binary by default")
    parser.add_argument("--keep", action="store_true", help="keep the files of what failed")
    replay = parser.add_argument_group("to repeat a round")
    replay.add_argument("--plan", metavar="N,N/N/N", help="at which passes to kill, by phase")
    replay.add_argument("--stop", type=stop_place, metavar="N,PHASE", help="at which pass to stop, and when")
    replay.add_argument("--power-plan", metavar="N,N,N:SEED", help="at which pass to kill, and what to keep")
    replay.add_argument("--ignore-syncs", action="store_true", help="the planted fault: no sync reaches the disk")
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    options.query = (options.query or options.binary.parent / "tendril_crash_query").resolve()
    options.shim = (options.shim or options.binary.parent / "fsync_shim.so").resolve()
    return options


def selected(options, numbers, targets):
    """Returns (class, combination) for everything that is to be checked, and what is left out and why."""
    points = options.only or list(numbers)
    unknown = [point for point in points if point not in numbers]
    if unknown:
        sys.exit(f"crash: there is no point {unknown[0]} (known: {', '.join(numbers)})")
    destinations = options.destination or list(matrix.DESTINATIONS)
    absent = [name for name in destinations if not targets.has(name)]
    found = matrix.combinations(points, [name for name in destinations if name not in absent],
                                options.mode or matrix.EVERY_MODE)
    if options.quick:
        work = [(kind, each) for kind, each in matrix.QUICK if each in found]
        return work, list(dict.fromkeys(each for _, each in work)), absent
    work = []
    for combination in found:
        if matrix.reason_not_passed(combination) and not options.only:
            continue
        for kind in options.classes or CLASSES:
            if kind == "stop" and combination.point not in matrix.ZOMBIE_POINTS:
                continue
            if kind == "power" and (combination.point not in matrix.POWER_POINTS
                                    or combination.destination not in matrix.POWER_DESTINATIONS):
                continue
            work.append((kind, combination))
    return work, found, absent


CHECKS = {"kill": kills.check, "stop": zombies.check, "power": power.check}


def checked(bench, kind, combination, options):
    try:
        result = CHECKS[kind](bench, combination, options)
    except (CheckError, TimeoutError, RuntimeError) as fault:
        result = Result(kind, str(combination))
        result.fail(str(fault), f"./dev crash --class {kind} --only {combination.point} "
                                f"--destination {combination.destination} --mode {combination.mode}")
    if not result.passes and result.ok:
        reason = matrix.reason_not_passed(combination)
        result.notes.append(f"not passed: {reason or 'WITHOUT A REASON in matrix.NOT_PASSED'}")
        if reason is None and kind == "kill" and not options.quick:
            result.fail("the point is never passed, and nothing says why", "see tests/crash/matrix.py")
    return result


def crash(options, folder):
    numbers = program.fault_points(options.binary)
    with contextlib.ExitStack() as servers:
        wanted = "postgres" in (options.destination or matrix.DESTINATIONS)
        dsn = servers.enter_context(postgres_server()) if wanted else ""
        targets = Targets(options.query, folder / "targets", dsn)
        work, found, absent = selected(options, numbers, targets)
        ledger = Ledger(options.binary, folder, options.records or (QUICK_RECORDS if options.quick else RECORDS), 3)
        try:
            bench = Bench(options.binary, ledger, targets, folder, options.shim,
                          program.take_over_options(options.binary))
            results = run_all(work, options.jobs,
                              lambda item: checked(bench, *item, options))
        finally:
            ledger.stop()
    for name in absent:
        print(f"left out: {name}, which is not there")
    left_out = [each for each in found if matrix.reason_not_passed(each)]
    print_not_passed(left_out)
    return conclude(len({each.point for each in found} - never_passed(results, found)), results)


def never_passed(results, found):
    """The points that no combination came to."""
    passed = {result.name.split()[0] for result in results if result.passes}
    return {each.point for each in found} - passed


def print_not_passed(left_out):
    reasons = {}
    for each in left_out:
        reasons.setdefault((matrix.reason_not_passed(each), each.point), []).append(f"{each.destination}/{each.mode}")
    for (reason, point), pairs in reasons.items():
        print(f"not passed: {point:20} {', '.join(pairs)}: {reason}")


def run_all(work, jobs, check):
    results = []
    pool = ThreadPoolExecutor(jobs)
    try:
        for done in as_completed([pool.submit(check, item) for item in work]):
            results.append(done.result())
            print(results[-1].line(), flush=True)
    finally:
        pool.shutdown(cancel_futures=True)
    return results


def faults(options, folder):
    results = run_all(range(options.seed, options.seed + options.faults), options.jobs,
                      lambda seed: vendor_faults.check(options.binary, options.query, folder / f"seed-{seed}", seed))
    kinds = sum(result.passes for result in results)
    print(f"{kinds} answers of the vendor went wrong")
    return conclude(len(results), results)


def conclude(points, results):
    rounds, lost = sum(result.rounds for result in results), sum(result.lost for result in results)
    duplicated = sum(result.duplicated for result in results)
    failed = [result for result in results if not result.ok]
    if failed:
        print(f"{len(failed)} failed; each alone:")
        for replay in dict.fromkeys(replay for result in failed for replay in result.replays):
            print(f"  {replay}")
    print(f"points {points}, rounds {rounds}, lost {lost}, duplicated {duplicated}"
          + (f", failed {len(failed)}" if failed else ""))
    return 1 if failed or not results else 0


def end_on_signals():
    """Lets an ending signal unwind the stack, as ctrl-C does, so that no server outlives the kit."""
    def leave(number, _frame):
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def main():
    options = arguments()
    end_on_signals()
    if options.quick:
        options.rounds = 1
    base = ROOT / "build"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="crash-", dir=base))
    status = 1
    try:
        status = faults(options, folder) if options.faults else crash(options, folder)
    except (CheckError, RuntimeError, OSError) as fault:
        print(f"crash: {fault}", file=sys.stderr)
    finally:
        if status and options.keep:
            print(f"the files are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
