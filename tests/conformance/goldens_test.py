#!/usr/bin/env python3
"""Compares a stream of some connectors with the goldens; usage: goldens_test.py PROGRAM. Exit code 77: skipped."""
import importlib.util
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MANIFESTS = HERE.parent.parent.parent / "shared/manifests"
# Each for something that others have not: jobs, session tokens, budgets, routers of routers, dynamic streams.
CONNECTORS = ["aha", "amazon-ads", "auth0", "bitly", "chift", "cin7", "clickup-api", "freightview", "pennylane",
              "sendgrid", "shortio"]


def main():
    missing = [name for name in ("yaml", "jinja2") if importlib.util.find_spec(name) is None]
    if missing or not MANIFESTS.is_dir():
        print(f"skipped: there is no {', '.join(missing) or MANIFESTS}")
        return 77
    only = [word for name in CONNECTORS for word in ("--only", name)]
    return subprocess.run([sys.executable, HERE / "run.py", "manifests", MANIFESTS, "--goldens", "--program", sys.argv[1],
                           "--streams", "1", "--jobs", "2", *only], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
