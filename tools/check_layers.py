#!/usr/bin/env python3
"""Checks that a module includes only what its CMakeLists.txt declares.

The DEPS of each tendril_module() are the one statement of the dependency order;
a module may also include itself and what its DEPS may include. Tests may use
TEST_DEPS too. Prints one line per offence and exits with 1 if there is any.
"""
import pathlib
import re
import sys

SRC = pathlib.Path(__file__).resolve().parent.parent / "src"
KEYWORDS = ("SOURCES", "TESTS", "TEST_DEPS", "DEPS", "LIBS", "PUBLIC_LIBS", "WHOLE_TEST")


def declared_modules():
    """Yields (folder relative to src, name, deps, test_deps) of every module."""
    for listfile in sorted(SRC.rglob("CMakeLists.txt")):
        text = re.sub(r"#.*", "", listfile.read_text())
        for call in re.findall(r"tendril_module\(([^)]*)\)", text):
            name, *words = call.split()
            lists, current = {key: [] for key in KEYWORDS}, None
            for word in words:
                current = word if word in KEYWORDS else current
                if word not in KEYWORDS:
                    lists[current].append(word)
            folder = listfile.parent.relative_to(SRC).as_posix()
            yield folder, name, lists["DEPS"], lists["TEST_DEPS"]


def closure(deps, graph):
    """Returns deps and all that they depend on."""
    seen, todo = set(), list(deps)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += graph[name]
    return seen


def main():
    modules = list(declared_modules())
    graph = {name: deps for _, name, deps, _ in modules}
    folder_of = {name: folder for folder, name, _, _ in modules}
    offences = [f"{name}: depends on itself" for name in graph if name in closure(graph[name], graph)]
    for folder, name, deps, test_deps in modules:
        allowed = {folder_of[dep] for dep in closure(deps, graph) | {name}}
        allowed_in_tests = allowed | {folder_of[dep] for dep in closure(test_deps, graph)}
        for path in sorted((SRC / folder).glob("*.[hc]*")):
            may = allowed_in_tests if path.stem.endswith("_test") else allowed
            for number, line in enumerate(path.read_text().splitlines(), 1):
                include = re.match(r'#include "(.+)/[^/]+"', line)
                if include and include[1] not in may:
                    offences.append(f"{path.relative_to(SRC.parent)}:{number}: {name} may not include {include[1]}/")
    print("\n".join(offences) or f"{len(modules)} modules keep their layers")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
