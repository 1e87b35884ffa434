"""Power loss: a sync is killed at a point, and the files go back to what was synced by then, or to a part of what was
not. The destination must open, hold what was reported as committed, and come to the rows of an undisturbed run."""
import functools
import random
import shutil
import subprocess

import readers
from result import Result
from rollback import PowerLoss
from workbench import PHASES

# DuckDB relies on what journaling file systems do with the name of a file that is synced.
JOURNALED = ("duckdb",)


@functools.lru_cache
def sanitizer_of(binary):
    """The sanitizer's library, which has to come before the shim; "" without one."""
    lines = subprocess.run(["ldd", binary], capture_output=True, text=True, check=True).stdout.splitlines()
    return next((line.split()[2] for line in lines if "libasan" in line and "=>" in line), "")


def plan_of(options, combination, number):
    """The pass to die at in each phase, and the seed of what is kept: None keeps nothing."""
    chance = random.Random(f"{options.seed}/power/{combination}/{number}")
    kept = None if number % 2 == 0 else chance.randint(0, 1 << 30)
    return [1 if number == 0 else chance.randint(1, 8) for _ in PHASES], kept


def parse_plan(text):
    kills, kept = text.split(":")
    return [int(word) for word in kills.split(",")], int(kept) if kept else None


def check(bench, combination, options):
    result = Result("power", str(combination))
    for number in range(options.rounds):
        kills, kept = parse_plan(options.power_plan) if options.power_plan else plan_of(options, combination, number)
        plan = ",".join(map(str, kills)) + ":" + ("" if kept is None else str(kept))
        replay = (f"./dev crash --class power --only {combination.point} --destination {combination.destination} "
                  f"--mode {combination.mode} --rounds 1 --power-plan {plan}")
        fault, lost, duplicated = _round(bench, combination, (kills, kept), result, options.ignore_syncs)
        result.rounds += 1
        if fault:
            result.fail(fault, replay, lost, duplicated)
        if number == 0 and result.passes == 0:
            break
    return result


def _round(bench, combination, plan, result, ignore_syncs):
    """Returns what went wrong or None, how many rows were lost, and how many were there more than once."""
    kills, kept = plan
    expected = bench.undisturbed(combination)
    target = bench.targets.make(combination.destination, f"power-{bench.number()}")
    state = bench.folder / f"shim-{bench.number()}"
    for phase in PHASES:
        loss = PowerLoss(target.path, state, combination.destination in JOURNALED)
        environment = loss.environment(bench.shim, sanitizer_of(bench.binary), ignore_syncs)
        ended = bench.sync(target, combination, phase, fault=f"{combination.point}:{kills[phase]}:kill",
                           environment=environment)
        if ended.killed:
            result.passes += 1
            loss.restore(None if kept is None else f"{kept}/{phase}")
            before = expected[phase - 1] if phase else None
            fault, missing = _reported(bench, combination, target, ended, before)
            if fault:
                return f"phase {phase}: {fault}", missing, 0
            ended = bench.sync(target, combination, phase)
        if ended.code != 0:
            return f"phase {phase}: a sync failed: {ended.fault()}", 0, 0
        try:
            seen = bench.targets.rows(target)
        except readers.ReadError as unreadable:
            return f"phase {phase}: {unreadable}", 0, 0
        lost, duplicated = readers.difference(expected[phase], seen)
        if lost or duplicated:
            text = readers.sample(expected[phase], seen)
            return f"phase {phase}: lost {lost}, duplicated {duplicated}: {text}", lost, duplicated
    bench.targets.drop(target)
    shutil.rmtree(state)
    return None, 0, 0


def _reported(bench, combination, target, ended, before):
    """What was reported as committed must be there. Only added rows can be counted that way."""
    try:
        seen = sum(bench.targets.committed(target).values())
    except readers.ReadError as unreadable:
        return f"after the loss: {unreadable}", 0
    if combination.mode == "replace" or (before is not None and combination.mode != "append"):
        return None, 0
    least = ended.committed_rows() + (sum(before.values()) if before is not None else 0)
    if seen < least:
        return f"after the loss: {least} rows were committed, {seen} are there", least - seen
    return None, 0
