#!/usr/bin/env python3
"""Tests of the crash kit itself: that it would see a loss, and that its tables say what the program does.

usage: kit_test.py PROGRAM
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
from collections import Counter

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import kills  # noqa: E402
import matrix  # noqa: E402
import power  # noqa: E402
import program  # noqa: E402
import readers  # noqa: E402
from rollback import PowerLoss  # noqa: E402
from sandbox import LEDGER, Ledger  # noqa: E402
from targets import Targets  # noqa: E402
from workbench import Bench  # noqa: E402

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
WRITER = """
import os, sys
how, folder = sys.argv[1:]
draft, final = folder + "/rows.draft", folder + "/rows"
file = os.open(draft, os.O_WRONLY | os.O_CREAT)
os.write(file, b"row\\n" * 5000)
if "file" in how:
    os.fsync(file)
os.close(file)
os.rename(draft, final)
if "folder" in how:
    os.fsync(os.open(folder, os.O_RDONLY))
os.kill(os.getpid(), 9)
"""


class TemporaryFolderTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="crash-kit-"))
        self.addCleanup(shutil.rmtree, self.folder, True)


class DifferenceTest(unittest.TestCase):
    def test_counts_missing_and_repeated_rows(self):
        expected = Counter({("t", "1", "a"): 1, ("t", "2", "b"): 1})
        self.assertEqual(readers.difference(expected, expected), (0, 0))
        self.assertEqual(readers.difference(expected, Counter({("t", "1", "a"): 2})), (1, 1))
        self.assertEqual(readers.difference(expected, expected + Counter({("t", "2", "c"): 1})), (0, 1))


class PlanTest(unittest.TestCase):
    def test_can_be_repeated_from_its_text(self):
        most = {0: 5, 1: 0, 2: 9}
        for number in range(20):
            plan = kills.plan_of(number, "a point", 7, most)
            self.assertEqual(kills.parse_plan(kills.text_of(plan)), plan)
            self.assertEqual(kills.plan_of(number, "a point", 7, most), plan)

    def test_refuses_what_is_none(self):
        for text in ("1/2", "0/1/1", "x/1/1"):
            with self.assertRaises(ValueError):
                kills.parse_plan(text)


@unittest.skipUnless(PROGRAM, "needs the program")
class PowerLossTest(TemporaryFolderTest):
    """A small writer, with and without each of the calls that make its file durable."""

    def write(self, how, seed=None, journaled=False):
        watched = self.folder / f"watched-{how}-{seed}"
        watched.mkdir()
        loss = PowerLoss(watched, self.folder / "state", journaled)
        ended = subprocess.run([sys.executable, "-c", WRITER, how, watched], check=False,
                               env=loss.environment(PROGRAM.parent / "fsync_shim.so", ""))
        self.assertEqual(ended.returncode, -9)
        loss.restore(seed)
        return {path.name: path.stat().st_size for path in watched.iterdir()}

    def test_keeps_what_was_synced(self):
        self.assertEqual(self.write("file,folder"), {"rows": 20000})
        for seed in range(5):
            self.assertEqual(self.write("file,folder", seed), {"rows": 20000})

    def test_loses_a_name_whose_folder_was_not_synced(self):
        self.assertEqual(self.write("file"), {})

    def test_keeps_the_first_name_of_a_synced_file_where_the_file_system_journals(self):
        self.assertEqual(self.write("file", journaled=True), {"rows.draft": 20000})

    def test_loses_content_that_was_not_synced(self):
        self.assertEqual(self.write("folder"), {"rows": 0})

    def test_keeps_parts_by_seed(self):
        found = {tuple(sorted(self.write("neither", seed).items())) for seed in range(12)}
        self.assertGreater(len(found), 2)


@unittest.skipUnless(PROGRAM, "needs the program")
class ProgramTest(TemporaryFolderTest):
    def test_the_points_of_the_tables_are_those_of_the_program(self):
        known = set(program.fault_points(PROGRAM))
        named = {point for points, *_ in matrix.NOT_PASSED for point in points}
        self.assertLessEqual(named | set(matrix.ZOMBIE_POINTS) | set(matrix.POWER_POINTS), known)

    def test_the_quick_selection_knows_every_class_and_destination(self):
        everything = matrix.combinations(program.fault_points(PROGRAM), matrix.DESTINATIONS, matrix.EVERY_MODE)
        for _, combination in matrix.QUICK:
            self.assertIn(combination, everything)
            self.assertIsNone(matrix.reason_not_passed(combination))
        self.assertEqual({kind for kind, _ in matrix.QUICK}, {"kill", "stop", "power"})
        self.assertEqual({each.destination for _, each in matrix.QUICK}, set(matrix.DESTINATIONS))

    def test_a_mode_that_is_not_in_the_table_is_refused(self):
        ledger = Ledger(PROGRAM, self.folder, 20, 1)
        self.addCleanup(ledger.stop)
        for destination, modes in matrix.DESTINATIONS.items():
            for mode in set(matrix.EVERY_MODE) - set(modes):
                ended = subprocess.run([PROGRAM, "sync", LEDGER, "--config", ledger.config(0), "--to",
                                        f"{destination}:{self.folder / 'none'}", "--mode", mode],
                                       capture_output=True, text=True, check=False)
                self.assertNotEqual(ended.returncode, 0, f"{destination} takes {mode}; see matrix.DESTINATIONS")

    def test_a_writer_without_fsync_is_caught(self):
        """The planted fault: the program runs with an fsync that does nothing."""
        combination = matrix.Combination("commit-reported", "duckdb", "append")
        ledger = Ledger(PROGRAM, self.folder, 120, 1)
        self.addCleanup(ledger.stop)
        targets = Targets(PROGRAM.parent / "tendril_crash_query", self.folder / "targets", "")
        bench = Bench(PROGRAM, ledger, targets, self.folder, PROGRAM.parent / "fsync_shim.so")
        options = types.SimpleNamespace(rounds=1, seed=1, power_plan="3,3,3:", ignore_syncs=True)
        caught = power.check(bench, combination, options)
        self.assertFalse(caught.ok)
        self.assertGreater(caught.lost, 0)
        options.ignore_syncs = False
        kept = power.check(bench, combination, options)
        self.assertTrue(kept.ok, kept.line())
        self.assertGreater(kept.passes, 0)


if __name__ == "__main__":
    unittest.main()
