#!/usr/bin/env python3
"""The set of projects run by the vendor's package, where tests/fivetran/.venv has it: `tendril debug --package installed`.

usage: TENDRIL=PROGRAM package_test.py [NAME...]

Of the set those projects are run that end well in all their runs and of which the package sends what ours does.
Without the environment only what is said of its absence is tested.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import program

FIVETRAN = program.ROOT / "tests/fivetran"
PYTHON = FIVETRAN / ".venv/bin/python"
sys.path.insert(0, str(FIVETRAN))
import case as cases  # noqa: E402

# The package's own: what it prints, keeps or refuses is not what the case is about.
OTHERS = {"configuration_form", "debug_environment", "logging", "logging_level", "logging_of_python", "prints"}


def fitting(case):
    """The package sends what ours does, and each run ends well."""
    plain = all(run.get("expect", "success") == "success" and "start" not in run and not run.get("message")
                for run in case.runs)
    return plain and case.wire and not case.wire_differences and case.name not in OTHERS and not case.slow


class TheInstalledPackage(unittest.TestCase):
    def test_a_python_without_it_is_told_of(self):
        with tempfile.TemporaryDirectory(prefix="tendril-partner-") as folder:
            (pathlib.Path(folder) / "connector.py").write_text("connector = None\n")
            ended = program.run("debug", folder, "--package", "installed", "--python", "/usr/bin/python3", status=None)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("does not have the package fivetran-connector-sdk", ended.stdout + ended.stderr)

    @unittest.skipUnless(PYTHON.exists(), "tests/fivetran/.venv is missing: tests/fivetran/wire.sh makes it")
    def test_projects_leave_what_they_leave_with_ours(self):
        names = sys.argv[1:] or [case.name for case in map(cases.load, cases.projects(FIVETRAN / "projects", []))
                                 if fitting(case)]
        self.assertGreater(len(names), 0)
        with tempfile.TemporaryDirectory(prefix="tendril-partner-") as folder:
            wrapper = pathlib.Path(folder) / "tendril"
            wrapper.write_text(f'#!/bin/sh\nexec "{os.environ["TENDRIL"]}" "$@" --package installed --python "{PYTHON}"\n')
            wrapper.chmod(0o755)
            chosen = [word for name in names for word in ("--only", name)]
            ended = subprocess.run([sys.executable, str(FIVETRAN / "run.py"), "--tendril", str(wrapper), *chosen],
                                   capture_output=True, text=True, timeout=900, check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
