"""Kill rounds: a sync is killed at its n-th pass of a point, started again until it is done, and compared."""
import random

import readers
from workbench import PHASES
from result import Result

KILLS_MAX = 3      # In one phase.
PASSES_FIRST = 12  # A guess of how often a point is passed, until it is known.


def plan_of(round_number, name, seed, most):
    """Returns, for each phase, the pass to die at in each of its runs. The first round dies at the first."""
    if round_number == 0:
        return [[1] for _ in PHASES]
    chance = random.Random(f"{seed}/{name}/{round_number}")
    return [[chance.randint(1, max(1, most[phase])) for _ in range(chance.randint(1, KILLS_MAX))] for phase in PHASES]


def text_of(plan):
    return "/".join(",".join(map(str, kills)) for kills in plan)


def parse_plan(text):
    plan = [[int(word) for word in part.split(",") if word] for part in text.split("/")]
    if len(plan) != len(PHASES) or any(kill < 1 for kills in plan for kill in kills):
        raise ValueError(text)
    return plan


def check(bench, combination, options):
    """Runs the rounds of one combination."""
    result = Result("kill", str(combination))
    most = {phase: PASSES_FIRST for phase in PHASES}
    for number in range(options.rounds):
        plan = parse_plan(options.plan) if options.plan else plan_of(number, str(combination), options.seed, most)
        _round(bench, combination, plan, most, result)
        result.rounds += 1
        if number == 0 and result.passes == 0:
            break  # It is never come to.
    return result


def _round(bench, combination, plan, most, result):
    expected = bench.undisturbed(combination)
    target = bench.targets.make(combination.destination, f"kill-{bench.number()}")
    replay = (f"./dev crash --class kill --only {combination.point} --destination {combination.destination} "
              f"--mode {combination.mode} --rounds 1 --plan {text_of(plan)}")
    for phase in PHASES:
        fault = _disturb(bench, combination, target, phase, (plan[phase], most, result))
        if fault:
            result.fail(f"phase {phase}: {fault}", replay)
            return
        try:
            seen = bench.targets.rows(target)
        except readers.ReadError as unreadable:
            result.fail(f"phase {phase}: {unreadable}", replay)
            return
        lost, duplicated = readers.difference(expected[phase], seen)
        if lost or duplicated:
            text = readers.sample(expected[phase], seen)
            result.fail(f"phase {phase}: lost {lost}, duplicated {duplicated}: {text}", replay, lost, duplicated)
            return
    bench.targets.drop(target)


def _disturb(bench, combination, target, phase, how):
    """Kills and starts again until a sync is done. Returns what went wrong otherwise."""
    kills, most, result = how
    for at in kills:
        ended = bench.sync(target, combination, phase, fault=f"{combination.point}:{at}:kill")
        if ended.killed:
            result.passes += 1
            continue
        if ended.code != 0:
            return f"a sync that was to be killed failed: {ended.fault()}"
        most[phase] = min(most[phase], at - 1)
        return None
    ended = bench.sync(target, combination, phase)
    return None if ended.code == 0 else f"a sync after a kill failed: {ended.fault()}"
