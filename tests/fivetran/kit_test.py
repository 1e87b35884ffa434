#!/usr/bin/env python3
"""The comparison's own tests: what it must notice, what it must let pass, and whether the expectations agree with the
goldens of the wire. Needs neither the program nor the package."""
import json
import pathlib
import tempfile
import unittest

import case as cases
import compare
import execution
import foreign
import hash_order
import operations
import rules
import warehouse

PROJECTS = pathlib.Path(__file__).resolve().parent / "projects"
PROJECTS_MIN = 40
SYNCED = {compare.SYNCED: "2026-01-01T00:00:00Z", compare.DELETED: False}
COLUMNS = [["id", "INTEGER"], ["f", "FLOAT"], [compare.SYNCED, "TIMESTAMP WITH TIME ZONE"], [compare.DELETED, "BOOLEAN"]]


def expected(rows, **more):
    return {"tables": {"t": {"columns": COLUMNS, "primary_key": ["id"], "rows": rows, **more}}, "state": {}}


def actual(rows, columns=None, key=("id",), state=None):
    filled = [{"f": None, **SYNCED, **row} for row in rows]
    return warehouse.Snapshot({"t": warehouse.Table(columns or COLUMNS, list(key), filled, len(filled))}, state or {})


class CompareTest(unittest.TestCase):
    def differences(self, wanted, found, before=None):
        return list(compare.differences(wanted, found, before))

    def test_equal_snapshots_have_no_difference(self):
        self.assertEqual(self.differences(expected([{"id": 1, "f": 0.1}]), actual([{"id": 1, "f": 0.10000000149011612}])), [])

    def test_each_kind_of_difference_is_told(self):
        row, wanted = {"id": 1}, expected([{"id": 1}])
        for found, told in [
                (warehouse.Snapshot({}, {}), "is missing"),
                (actual([row], key=()), "primary key"),
                (actual([row], [COLUMNS[1], COLUMNS[0], *COLUMNS[2:]]), "order"),
                (actual([row], [["id", "BIGINT"], *COLUMNS[1:]]), "is BIGINT, not INTEGER"),
                (actual([{"id": 2}]), "should not be there"),
                (actual([row, row]), "should not be there"),
                (actual([{"id": "1"}]), "is missing"),
                (actual([{"id": True}]), "is missing"),
                (actual([{**row, compare.DELETED: True}]), "is missing"),
                (actual([{**row, compare.SYNCED: None}]), "has no _fivetran_synced"),
                (actual([row], state={"a": 1}), "state is")]:
            self.assertIn(told, " / ".join(self.differences(wanted, found)))

    def test_tables_that_should_not_be_there_are_told(self):
        self.assertIn("should not be", self.differences({"tables": {}, "state": {}}, actual([]))[0])

    def test_any_order_of_columns_passes_where_it_is_said(self):
        turned = actual([{"id": 1}], [COLUMNS[1], COLUMNS[0], *COLUMNS[2:]])
        self.assertEqual(self.differences(expected([{"id": 1}], order="any"), turned), [])

    def test_a_count_makes_rows_a_sample(self):
        found = actual([{"id": number} for number in range(5)])
        self.assertEqual(self.differences(expected([{"id": 3}], count=5), found), [])
        self.assertIn("there are 5 rows, not 6", self.differences(expected([{"id": 3}], count=6), found)[0])

    def test_long_text_is_compared_by_its_digest(self):
        columns = [["id", "INTEGER"], ["f", "VARCHAR"], *COLUMNS[2:]]
        long = "x" * 3000
        wanted = expected([{"id": 1, "f": compare.shortened(long)}], columns=columns)
        self.assertEqual(self.differences(wanted, actual([{"id": 1, "f": long}], columns)), [])
        self.assertTrue(self.differences(wanted, actual([{"id": 1, "f": long[1:] + "y"}], columns)))

    def test_synced_is_compared_with_the_run_before(self):
        before = actual([{"id": 1, compare.SYNCED: "2026-01-01T00:00:00Z"}])
        later = actual([{"id": 1, compare.SYNCED: "2026-01-01T00:00:00.000001Z"}])
        for wanted, found, told in [("renewed", later, 0), ("kept", later, 1), ("renewed", before, 1), ("kept", before, 0)]:
            snapshot = {**expected([{"id": 1}]), "synced": {wanted: {"t": [{"id": 1}]}}}
            self.assertEqual(len(self.differences(snapshot, found, before)), told)


class OutcomeTest(unittest.TestCase):
    def told(self, run, status, output=""):
        return list(execution.differences(run, execution.Outcome(status, output)))

    def test_status_and_messages_are_compared(self):
        self.assertEqual(self.told({}, 0), [])
        self.assertEqual(self.told({"expect": "failure", "message": ["Boom", ["a", "b"]]}, 1, "boom, B"), [])
        for run, status, output in [({}, 1, ""), ({"expect": "failure"}, 0, ""), ({}, None, ""), ({"expect": "failure"}, -9, ""),
                                    ({"expect": "failure"}, 139, ""), ({"message": ["x"]}, 0, "y"),
                                    ({"no_message": ["SECRET"]}, 0, "a secret")]:
            self.assertEqual(len(self.told(run, status, output)), 1, run)

    def test_the_last_closing_table_counts(self):
        output = "Upserts | 1\nOperation       | Calls\n-----+----\nUpserts         | 3\nSchemaChanges   | 2\n"
        self.assertEqual(self.told({"counts": {"Upserts": 3, "Schema changes": 2}}, 0, output), [])
        self.assertEqual(len(self.told({"counts": {"Upserts": 1, "Deletes": 0}}, 0, output)), 2)


class WireTest(unittest.TestCase):
    SCHEMA = {"op": "schema", "tables": None}

    def row(self, value, kind="LONG", op="upsert"):
        return {"op": op, "table": "t", "values": {"id": {"type": kind, "value": value}}}

    def kinds(self, golden, ours, outcome="success", failed=False, unordered=False):
        run = {"outcome": outcome, "error": "", "operations": [self.SCHEMA, *golden]}
        found = operations.differences(0, run, [self.SCHEMA, *ours], failed, unordered)
        return [(difference.kind, difference.where) for difference in found]

    def test_each_kind_of_difference_is_told(self):
        one, two, checkpoint = self.row(1), self.row(2), {"op": "checkpoint", "state": {}}
        self.assertEqual(self.kinds([one, two], [one, two]), [])
        self.assertEqual(self.kinds([one, two], [two, one]), [("order", "")])
        self.assertEqual(self.kinds([one, two], [two, one], unordered=True), [])
        self.assertEqual(self.kinds([one], [self.row(1, "INT")]), [("type", "t.id")])
        self.assertEqual(self.kinds([one], [two]), [("value", "t.id")])
        self.assertEqual(self.kinds([one, two], [one]), [("missing", "t")])
        self.assertEqual(self.kinds([one], [one, checkpoint]), [("extra", "checkpoint")])
        self.assertEqual(self.kinds([checkpoint], [{"op": "checkpoint", "state": {"a": 1}}]), [("value", "checkpoint")])

    def test_what_follows_the_last_checkpoint_of_a_failure_is_not_compared(self):
        one, two, checkpoint = self.row(1), self.row(2), {"op": "checkpoint", "state": {}}
        self.assertEqual(self.kinds([one, checkpoint, two], [one, checkpoint], "failure", True), [])
        self.assertEqual(self.kinds([one, checkpoint, two, checkpoint], [one, checkpoint], failed=True), [])
        self.assertEqual(self.kinds([two, checkpoint], [one, checkpoint], "failure", True), [("value", "t.id")])

    def test_floats_are_compared_as_what_they_were_sent_as(self):
        self.assertEqual(self.kinds([self.row(0.10000000149011612, "FLOAT")], [self.row(0.1, "FLOAT")]), [])
        self.assertEqual(self.kinds([self.row(0.10000000149011612, "DOUBLE")], [self.row(0.1, "DOUBLE")]), [("value", "t.id")])


class HashOrderTest(unittest.TestCase):
    def test_string_hash_is_that_of_java(self):
        self.assertEqual(hash_order.string_hash("hello"), 99162322)
        self.assertEqual(hash_order.string_hash(""), 0)

    def test_two_names_in_a_bucket_are_refused(self):
        with self.assertRaises(ValueError):
            hash_order.order(["Aa", "BB"])


@unittest.skipUnless(warehouse.LIBRARY.exists(), "libduckdb is not there: run ./dev setup")
class WarehouseTest(unittest.TestCase):
    def test_every_type_is_read_without_loss(self):
        with tempfile.TemporaryDirectory() as name:
            project = pathlib.Path(name)
            (project / "files").mkdir()
            with warehouse.Database(project / "files/warehouse.db", read_only=False) as database:
                database.rows("CREATE SCHEMA tester")
                database.rows('CREATE TABLE tester."or""der" (id INT, "ü" VARCHAR, b BLOB, tz TIMESTAMPTZ, ts TIMESTAMP, '
                              'd DATE, n DECIMAL(10,2), f FLOAT, g DOUBLE, t TIME, x BOOLEAN, PRIMARY KEY ("ü", id))')
                database.rows("INSERT INTO tester.\"or\"\"der\" VALUES (1, 'a' || chr(0), '\\x00\\xFF', "
                              "'2026-01-02 03:04:05.5+02', '0099-01-02 03:04:05', '0099-01-01', 12.5, 0.1, 'nan', "
                              "'12:30:00.25', false), (2, '', NULL, NULL, NULL, NULL, NULL, '-inf', NULL, NULL, NULL)")
            (project / "files/state.json").write_text('{"a": 1}')
            found = warehouse.snapshot(project)
            sample = warehouse.snapshot(project, {'or"der': [{"ü": "", "id": 2}, {"ü": "none", "id": 3}]})
        self.assertEqual([row["id"] for row in sample.tables['or"der'].rows], [2])
        self.assertEqual(sample.tables['or"der'].count, 2)
        table = found.tables['or"der']
        self.assertEqual(found.state, {"a": 1})
        self.assertEqual(table.primary_key, ["ü", "id"])
        self.assertEqual(table.rows[0], {
            "id": 1, "ü": "a\0", "b": "base64:AP8=", "tz": "2026-01-02T01:04:05.500000Z", "ts": "0099-01-02T03:04:05",
            "d": "0099-01-01", "n": "12.50", "f": 0.1, "g": "NaN", "t": "12:30:00.250000", "x": False})
        self.assertEqual(table.rows[1]["f"], "-Infinity")
        self.assertIsNone(table.rows[1]["b"])

    def test_a_file_that_is_no_database_is_told(self):
        with tempfile.TemporaryDirectory() as name:
            project = pathlib.Path(name)
            (project / "files").mkdir()
            (project / "files/warehouse.db").write_text("not a database")
            with self.assertRaises(warehouse.WarehouseError):
                warehouse.snapshot(project)


class ForeignTest(unittest.TestCase):
    """Projects without a case."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.project = pathlib.Path(folder.name) / "project"
        self.project.mkdir()

    def verdict(self, status, error="", configuration=None):
        if configuration is not None:
            (self.project / "configuration.json").write_text(json.dumps(configuration))
        output = f"10:00:00.000 ERROR    * debugger {error}\n" if error else "Upserts         | 2\nUpdates         | 0\n"
        return foreign.verdict(self.project, execution.Outcome(status, output), 5)

    def test_a_run_that_succeeds_ran(self):
        self.assertEqual(self.verdict(0), foreign.Verdict("ran", "2 upserts"))

    def test_what_is_lacking_is_needed(self):
        for error, needed in [
                ("ModuleNotFoundError: No module named 'boto3': python3 does not have it", "package boto3"),
                ("ConnectionError: HTTPSConnectionPool(host='a.example', port=443): Max retries exceeded", "a.example:443"),
                ("HTTPError: 401 Client Error: UNAUTHORIZED for url: http://a.example/", "credentials"),
                ("KeyError: 'api_key'", "configuration.json"),
                ("ValueError: Missing required configuration value: api_key", "configuration.json")]:
            found = self.verdict(1, error)
            self.assertEqual(found.kind, "needs", error)
            self.assertIn(needed, found.text)

    def test_placeholders_are_named(self):
        found = self.verdict(1, "HTTPError: 400", {"api_key": "<YOUR_API_KEY>", "region": "eu"})
        self.assertEqual((found.kind, "api_key" in found.text, "region" in found.text), ("needs", True, False))

    def test_other_failures_are_failures(self):
        for status, error in [(1, "TypeError: no configuration takes this"), (1, "ValueError: table t, row id=1: column a"),
                              (None, "slow"), (-11, "gone")]:
            self.assertEqual(self.verdict(status, error, {}).kind, "failed", error)

    def test_a_broken_configuration_is_no_reason_to_stop(self):
        (self.project / "configuration.json").write_bytes(b"\xff{")
        self.assertEqual(foreign.placeholders(self.project), [])

    def test_what_another_run_left_is_not_copied(self):
        (self.project / "files").mkdir()
        for name in ("files/state.json", "files/own.csv", "state.json"):
            (self.project / name).write_text("{}")
        copy = foreign.fresh_copy(self.project, self.project.parent / "copies")
        self.assertEqual(sorted(str(path.relative_to(copy)) for path in copy.rglob("*.*")), ["files/own.csv", "state.json"])

    def test_values_may_differ_and_types_may_not(self):
        row = {"op": "upsert", "table": "t", "values": {"a": {"type": "LONG", "value": 1}}}
        golden = {"outcome": "success", "error": "", "operations": [{"op": "schema", "tables": None}, row]}
        dump = self.project / "operations.jsonl"
        for kind, value, wanted in [("LONG", 1, "ran"), ("LONG", 2, "ran"), ("STRING", "1", "failed")]:
            ours = [golden["operations"][0], {**row, "values": {"a": {"type": kind, "value": value}}}]
            dump.write_text("".join(json.dumps(line) + "\n" for line in ours))
            self.assertEqual(foreign.wire_verdict(foreign.Verdict("ran"), golden, dump).kind, wanted)

    def test_modules_of_a_project_are_no_projects(self):
        for name, text in [("connector.py", "import fivetran_connector_sdk"), ("parts/connector.py", "class Database: pass"),
                           ("more/connector.py", "import fivetran_connector_sdk"),
                           ("venv/lib/site-packages/x/connector.py", "import fivetran_connector_sdk")]:
            (self.project / name).parent.mkdir(parents=True, exist_ok=True)
            (self.project / name).write_text(text)
        self.assertEqual(cases.projects(self.project), [self.project, self.project / "more"])


class ProjectsTest(unittest.TestCase):
    """The cases themselves."""

    def test_every_case_reads_and_is_told_apart(self):
        found = [cases.load(folder) for folder in cases.projects(PROJECTS)]
        self.assertGreaterEqual(len(found), PROJECTS_MIN)
        self.assertNotIn(None, found)
        self.assertEqual(len({case.name for case in found}), len(found))

    def test_every_case_with_a_wire_has_its_golden(self):
        for case in map(cases.load, cases.projects(PROJECTS)):
            with self.subTest(case.name):
                self.assertEqual(case.golden.exists(), case.wire)
                if case.wire:
                    self.assertEqual(len(json.loads(case.golden.read_text())["runs"]), len(case.runs))

    def test_expectations_agree_with_the_goldens(self):
        for case in map(cases.load, cases.projects(PROJECTS)):
            if case.wire:
                with self.subTest(case.name):
                    self.assertEqual(disagreements(case), [])


def disagreements(case):
    """Returns how the expectations of a case differ from what its golden leaves by the rules.

    It ends at a run whose golden had another outcome than ours must have: what follows starts from another state.
    """
    model, found = rules.Model(case.runs[0].get("naming") == "SOURCE"), []
    golden = json.loads(case.golden.read_text())
    for number, (run, wanted, recorded) in enumerate(zip(case.runs, case.expected, golden["runs"])):
        if recorded["outcome"] != run.get("expect", "success"):
            break
        model.run(recorded["operations"], recorded["outcome"] == "failure")
        if wanted is not None:
            unsynced = {key: value for key, value in wanted.items() if key != "synced"}
            found += [f"run {number}: {text}" for text in compare.differences(unsynced, model.snapshot())]
    return found


if __name__ == "__main__":
    unittest.main()
