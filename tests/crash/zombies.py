"""Zombies: a sync is stopped at a point, a second one takes over and ends, and then the first is woken.

The first must not change what a reader sees any more, and must say that it was taken over. DuckDB keeps a second
process out of a file that another holds; there the second must say so, and the first, or whoever comes next, ends well.
"""
import random
import re

import readers
from matrix import AFTER_COMMIT
from result import Result
from workbench import PHASES

STOP_SECONDS = 60
TAKEN_OVER = re.compile(r"taken over|took over|take-over", re.I)
REFUSED = re.compile(r"lock|in use|another process|being synced already", re.I)
EXCLUSIVE = ("duckdb",)  # One process at a time.


def check(bench, combination, options):
    result = Result("stop", str(combination))
    chance = random.Random(f"{options.seed}/stop/{combination}")
    for number in range(options.rounds):
        at = 1 if number == 0 else chance.randint(1, 6)
        phase = 0 if number == 0 else chance.choice(PHASES)
        at, phase = options.stop or (at, phase)
        result.rounds += 1
        _round(bench, combination, at, phase, result)
        if number == 0 and result.passes == 0:
            break
    return result


def _round(bench, combination, at, phase, result):
    expected = bench.undisturbed(combination)
    target = bench.targets.make(combination.destination, f"stop-{bench.number()}")
    replay = (f"./dev crash --class stop --only {combination.point} --destination {combination.destination} "
              f"--mode {combination.mode} --rounds 1 --stop {at},{phase}")
    for before in range(phase):
        bench.sync(target, combination, before)
    first = bench.start(target, combination, phase, fault=f"{combination.point}:{at}:stop")
    try:
        ended = first.wait_until_stopped()
        if ended is not None:  # The point is not passed as often.
            fault = None if ended.code == 0 else f"a sync that was to be stopped failed: {ended.fault()}"
        else:
            result.passes += 1
            fault = _second(bench, combination, target, phase, first)
    except TimeoutError as late:
        fault = str(late)
    finally:
        first.kill()
    if fault:
        result.fail(fault, replay)
        return
    for after in range(phase + 1, len(PHASES)):
        ended = bench.sync(target, combination, after)
        if ended.code != 0:
            result.fail(f"a later sync failed: {ended.fault()}", replay)
            return
    _compare(bench, target, expected, replay, result)


def _compare(bench, target, expected, replay, result):
    try:
        seen = bench.targets.rows(target)
    except readers.ReadError as unreadable:
        result.fail(str(unreadable), replay)
        return
    lost, duplicated = readers.difference(expected[-1], seen)
    if lost or duplicated:
        text = readers.sample(expected[-1], seen)
        result.fail(f"lost {lost}, duplicated {duplicated}: {text}", replay, lost, duplicated)
        return
    bench.targets.drop(target)


def _second(bench, combination, target, phase, first):
    """Runs the second sync while the first is stopped, and wakes the first. Returns what went wrong."""
    if combination.destination in EXCLUSIVE:
        return _refused(bench, combination, target, phase, first)
    second = bench.start(target, combination, phase, more=bench.take_over).wait(STOP_SECONDS)
    if second.code != 0:
        return f"the second sync failed: {second.fault()}"
    first.wake()
    ended = first.wait(STOP_SECONDS)
    if ended.code == 0 and combination.point in AFTER_COMMIT:
        return None  # It had nothing left to commit.
    if ended.code == 0:
        return "the woken sync ended well, as if it had not been taken over"
    if not TAKEN_OVER.search(ended.messages):
        return f"the woken sync does not say that it was taken over: {ended.fault()}"
    return None


def _refused(bench, combination, target, phase, first):
    """The same where a second process is kept out, whether it wants to take over or not."""
    for more in dict.fromkeys(((), bench.take_over)):
        second = bench.sync(target, combination, phase, more=more)
        if second.code == 0 or not REFUSED.search(second.messages):
            return f"a second process was not refused clearly: {second.fault()}"
    first.wake()
    ended = first.wait(STOP_SECONDS)
    if ended.code == 0:
        return None
    if not TAKEN_OVER.search(ended.messages):
        return f"the woken sync failed: {ended.fault()}"
    last = bench.sync(target, combination, phase)
    return None if last.code == 0 else f"the sync after a take-over failed: {last.fault()}"
