"""Evaluates the benchmark's templates with the reference of the manifest language and the Jinja2 below it.

usage: reference.py SHAPES_JSON  (prints what each template yields, and the CPU nanoseconds of one evaluation)
"""
import ast
import json
import pathlib
import sys
import time

from airbyte_cdk.sources.declarative.interpolation.jinja import _ENVIRONMENT, JinjaInterpolation

BATCH_NS = 10_000_000
BATCHES = 3


def measure(call):
    """Returns the CPU nanoseconds of one call: the best of several batches."""
    calls, taken = 1, 0
    while (taken := batch(call, calls)) < BATCH_NS // 4:
        calls *= 2
    calls = max(1, calls * BATCH_NS // taken)
    return min(batch(call, calls) for _ in range(BATCHES)) / calls


def batch(call, calls):
    start = time.process_time_ns()
    for _ in range(calls):
        call()
    return time.process_time_ns() - start


def timings(template, parameters):
    """Three ways, from the most that the reference does to the least."""
    config = parameters["config"]
    others = {name: value for name, value in parameters.items() if name != "config"}
    context = parameters | dict.fromkeys(["stream_interval", "stream_partition"], parameters["stream_slice"])
    interpolation = JinjaInterpolation()
    compiled = _ENVIRONMENT.from_string(template)

    def converted():
        text = compiled.render(context)
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, TypeError):
            return text

    return {
        "result": interpolation.eval(template, config, **others),
        "reference_ns": measure(lambda: interpolation.eval(template, config, **others)),
        "converted_ns": measure(converted),
        "rendered_ns": measure(lambda: compiled.render(context)),
    }


def main():
    content = json.loads(pathlib.Path(sys.argv[1]).read_text())
    shapes = content["commonest"] + content["further"]
    print(json.dumps([timings(shape["template"], content["context"]) for shape in shapes]))


if __name__ == "__main__":
    main()
