"""The real program writes into a destination server that is not ours: whole, in steps, and killed on the way."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))

import destination_server  # noqa: E402
import program  # noqa: E402
from sandbox import LEDGER, STATES, Ledger  # noqa: E402

RECORDS = 60
COMMIT_ROWS = 25
PHASES = range(len(STATES))
EVERYTHING = "accounts,entries,events,items"
# Read incrementally: a whole read would be appended by every sync, and versions of what it has not seen can not be
# ended over the protocol.
INCREMENTAL = "entries,events"
# What differs from run to run.
TIMES = ("_fivetran_synced", "_fivetran_start", "_fivetran_end", "_fivetran_id")

BINARY = os.environ.get("TENDRIL", "tendril")


class DestinationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="partner-destination-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.ledger = Ledger(BINARY, cls.folder / "sandboxes", RECORDS, 7)
        cls.addClassCleanup(cls.ledger.stop)

    def setUp(self):
        self.destination = destination_server.Destination({"password": "hunter2hunter2"})
        self.server = destination_server.Server(self.destination)
        self.addCleanup(self.server.stop)
        self.configuration = self.folder / "destination.json"
        self.configuration.write_text(json.dumps(self.destination.configuration))

    def sync(self, schema, mode, phase, fault="", settings="", more=()):
        home = self.folder / f"home-{self._testMethodName}"
        streams = EVERYTHING if mode in ("merge", "replace") else INCREMENTAL
        uri = f"fivetran:127.0.0.1:{self.server.port}?schema={schema}&config={self.configuration}{settings}"
        command = [BINARY, "sync", LEDGER, "--config", self.ledger.config(phase), "--to", uri, "--stream", streams,
                   "--mode", mode, "--commit-rows", COMMIT_ROWS, *more]
        log = self.folder / f"{self._testMethodName}-{len(os.listdir(self.folder))}.log"
        return program.Sync(command, log, {"TENDRIL_FAULT": fault, "TENDRIL_HOME": str(home)}).wait(), home

    def calm(self, schema, mode, phase, **options):
        ended, home = self.sync(schema, mode, phase, **options)
        self.assertEqual(ended.code, 0, ended.fault())
        batches = home / "batch-files"
        self.assertEqual([], list(batches.iterdir()) if batches.exists() else [])

    def stored(self, schema):
        """The rows of all tables, sorted, without what differs from run to run."""
        return {name: sorted(json.dumps({key: value for key, value in row.items() if key not in TIMES}, sort_keys=True)
                             for row in self.destination.rows(schema, name))
                for name in self.destination.table_names(schema)}

    def living(self, schema, name):
        return {row["id"]: row for row in self.destination.rows(schema, name) if row["_fivetran_deleted"] == "false"}

    def test_merges_what_the_source_has(self):
        for phase in PHASES:
            self.calm("s", "merge", phase)
            for entity, table in (("account", "accounts"), ("item", "items")):
                source = {str(row["id"]) for row in self.ledger.rows(phase, entity)}
                self.assertEqual(source, set(self.living("s", table)), (phase, table))
        marked = [row for row in self.destination.rows("s", "items") if row["_fivetran_deleted"] == "true"]
        self.assertEqual(sum(count for orders in STATES for kind, count, what in orders
                             if (kind, what) == ("delete", "item")), len(marked))
        self.assertTrue(all(params.compression == "ZSTD" and params.encryption == "AES"
                            for params in self.destination.file_params))

    def test_reads_on_from_where_it_was(self):
        self.calm("s", "merge", 0)
        calls = len(self.destination.calls)
        self.calm("s", "merge", 0)
        wrote = {table for call, _, table in self.destination.calls[calls:] if call == "WriteBatch"}
        self.assertIn("accounts", wrote)  # Which is read whole.
        self.assertLessEqual(sum(row["_fivetran_deleted"] == "true" for row in self.destination.rows("s", "items")), 0)

    def test_other_forms_of_files_hold_the_same(self):
        self.calm("sealed", "merge", 1)
        self.calm("plain", "merge", 1, settings="&compression=none&encryption=none")
        self.calm("gzipped", "merge", 1, settings="&compression=gzip&encryption=none")
        self.assertEqual(self.stored("sealed"), self.stored("plain"))
        self.assertEqual(self.stored("sealed"), self.stored("gzipped"))
        self.assertEqual({("ZSTD", "AES"), ("OFF", "NONE"), ("GZIP", "NONE")},
                         {(params.compression, params.encryption) for params in self.destination.file_params})

    def test_replaces_what_was_there(self):
        for phase in PHASES:
            self.calm("s", "replace", phase)
            source = {str(row["id"]) for row in self.ledger.rows(phase, "item")}
            self.assertEqual(source, {row["id"] for row in self.destination.rows("s", "items")})

    def test_a_kill_repeats_nothing_and_loses_nothing(self):
        for mode in ("merge", "append", "replace"):
            for phase in PHASES:
                self.calm(f"calm-{mode}", mode, phase)
            expected = self.stored(f"calm-{mode}")
            self.assertTrue(expected)
            for point in ("batch-staged", "file-synced", "commit-begun", "rows-applied", "commit-point-passed",
                          "commit-reported"):
                schema = f"{point}-{mode}"
                kills = 0
                for phase in PHASES:
                    ended, _ = self.sync(schema, mode, phase, fault=f"{point}:{phase + 1}:kill",
                                         more=("--take-over",) if kills else ())
                    kills += ended.killed
                    self.calm(schema, mode, phase, more=("--take-over",))
                with self.subTest(point=point, mode=mode):
                    self.assertGreater(kills, 0)
                    self.assertEqual(expected, self.stored(schema))

    def test_says_what_the_server_says(self):
        self.configuration.write_text("{}")
        ended, _ = self.sync("s", "merge", 0)
        self.assertEqual(2, ended.code)
        self.assertIn('test "configuration" of 127.0.0.1:', ended.messages)
        self.assertIn("another configuration", ended.messages)

    def test_says_that_nobody_answers(self):
        ended = subprocess.run([BINARY, "sync", LEDGER, "--config", self.ledger.config(0), "--to", "fivetran:127.0.0.1:1",
                                "--no-record"], capture_output=True, text=True, timeout=60)
        self.assertEqual(1, ended.returncode, ended.stderr)
        self.assertIn("no server answers at 127.0.0.1:1", ended.stderr)


if __name__ == "__main__":
    unittest.main()
