#!/usr/bin/env python3
"""A client of the partner protocol reads our sources: the simulated GitHub, served by serve-source.

usage: TENDRIL=PROGRAM source_test.py
"""
import json
import pathlib
import signal
import tempfile
import threading
import unittest

import grpc

import messages
import program

COMMON, CONNECTOR, CONNECTOR_GRPC, _, _ = messages.load()

# What the sandbox calls the rows of a table.
ENTITIES = {"issues": "issue", "comments": "issue_comment", "commits": "commit", "labels": "label"}


class Collected:
    """What an update sent, with the rows as a destination would have them."""

    def __init__(self, responses=()):
        self.tables, self.states, self.warnings, self.tasks, self.sizes = {}, [], [], [], []
        self.upserts = 0
        for response in responses:
            self.take(response)

    def take(self, response):
        kind = response.WhichOneof("operation")
        if kind == "records":
            self.sizes.append(len(response.records.records))
            for record in response.records.records:
                self._apply(record)
        elif kind == "checkpoint":
            self.states.append(response.checkpoint.state_json)
        elif kind in ("warning", "task"):
            getattr(self, kind + "s").append(getattr(response, kind).message)
        elif kind != "schema_change":
            raise AssertionError(f"not expected: {kind}")

    def _apply(self, record):
        rows = self.tables.setdefault(record.table_name, {})
        if record.type == COMMON.TRUNCATE:
            rows.clear()
            return
        values = {name: plain(value) for name, value in record.data.items()}
        if record.type == COMMON.UPSERT:
            self.upserts += 1
            rows[key_of(record.table_name, values)] = values
        elif record.type == COMMON.UPDATE:
            if key_of(record.table_name, values) in rows:
                rows[key_of(record.table_name, values)].update(values)
        else:
            rows.pop(key_of(record.table_name, values), None)


def key_of(table, values):
    return (values["repository"], values["sha"]) if table == "commits" else values["id"]


def plain(value):
    """Returns a ValueType as JSON would have it."""
    kind = value.WhichOneof("inner")
    if kind == "null":
        return None
    if kind == "json":
        return json.loads(value.json)
    if kind == "utc_datetime":
        return value.utc_datetime.ToJsonString()
    return getattr(value, kind)


class ServedSource(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory(prefix="tendril-partner-")
        folder = pathlib.Path(cls._folder.name)
        cls.sandbox = program.Sandbox(folder, 400)
        cls.server = program.Child("fivetran", "serve-source", "github", "--port", "0")
        cls.port = cls.server.wait_for(r"serving source github at 127\.0\.0\.1:(\d+)")[1]
        cls.channel = grpc.insecure_channel(f"127.0.0.1:{cls.port}")
        cls.source = CONNECTOR_GRPC.SourceConnectorStub(cls.channel)
        cls.configuration = {name: value if isinstance(value, str) else json.dumps(value)
                             for name, value in cls.sandbox.config.items()}

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        cls.sandbox.end()
        assert cls.server.end() == 143, cls.server.output
        cls._folder.cleanup()

    def update(self, tables=None, state=None, columns=None, configuration=None):
        request = CONNECTOR.UpdateRequest(configuration=configuration or self.configuration)
        for table in tables or ():
            request.selection.without_schema.tables.add(included=True, table_name=table, columns=(columns or {}))
        if state is not None:
            request.state_json = state
        return self.source.Update(request, timeout=program.PATIENCE)

    def assert_has(self, collected, table, left_out=()):
        """The rows are those of the sandbox, in each column that both have."""
        rows = self.sandbox.rows(ENTITIES[table])
        if table == "commits":  # The source adds what a commit says only in its address.
            rows = [row | {"repository": "/".join(row["url"].split("/")[4:6])} for row in rows]
        wanted = {key_of(table, row): row for row in rows}
        found = collected.tables.get(table, {})
        self.assertEqual(found.keys(), wanted.keys())
        for key, row in wanted.items():
            for name in (row.keys() & found[key].keys()) - set(left_out):
                self.assertEqual(found[key][name], row[name], f"{table} {key} {name}")

    def test_form_asks_for_what_the_schema_has(self):
        form = self.source.ConfigurationForm(CONNECTOR.common__pb2.ConfigurationFormRequest())
        fields = {field.name: field for field in form.fields}
        self.assertTrue(form.table_selection_supported)
        self.assertEqual(fields["access_token"].text_field, COMMON.Password)
        self.assertTrue(fields["access_token"].required)
        self.assertEqual(fields["api_url"].default_value, "https://api.github.com")
        self.assertEqual([test.name for test in form.tests], ["connection"])

    def test_test_says_what_is_wrong(self):
        works = self.source.Test(COMMON.TestRequest(name="connection", configuration=self.configuration))
        self.assertTrue(works.success, works.failure)
        wrong = dict(self.configuration, commit_lookback_days="soon")
        refused = self.source.Test(COMMON.TestRequest(name="connection", configuration=wrong))
        self.assertIn("commit_lookback_days", refused.failure)
        with self.assertRaises(grpc.RpcError) as raised:
            self.source.Test(COMMON.TestRequest(name="other", configuration=self.configuration))
        self.assertEqual(raised.exception.code(), grpc.StatusCode.NOT_FOUND)

    def test_schema_has_tables_with_types_and_keys(self):
        schema = self.source.Schema(CONNECTOR.SchemaRequest(configuration=self.configuration))
        self.assertEqual(schema.WhichOneof("response"), "without_schema")
        tables = {table.name: {column.name: column for column in table.columns}
                  for table in schema.without_schema.tables}
        self.assertEqual(tables["issues"]["id"].type, COMMON.LONG)
        self.assertTrue(tables["issues"]["id"].primary_key)
        self.assertEqual(tables["issues"]["created_at"].type, COMMON.UTC_DATETIME)
        self.assertEqual([name for name, column in tables["commits"].items() if column.primary_key],
                         ["repository", "sha"])

    def test_schema_of_a_wrong_configuration_is_refused(self):
        with self.assertRaises(grpc.RpcError) as raised:
            self.source.Schema(CONNECTOR.SchemaRequest(configuration={"access_token": "t"}))
        self.assertEqual(raised.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)

    def test_update_sends_all_records_and_the_next_only_changes(self):
        tables = ["issues", "comments", "commits", "labels"]
        first = Collected(self.update(tables))
        self.assertEqual((first.warnings, first.tasks), ([], []))
        self.assertEqual(set(first.tables), set(tables))
        for table in tables:
            self.assert_has(first, table)
        self.assertLessEqual(max(first.sizes), 100)

        changed = set(self.sandbox.mutate("update", 5, ENTITIES["issues"]))
        second = Collected()
        second.tables = first.tables
        for response in self.update(tables, first.states[-1]):
            second.take(response)
        self.assert_has(second, "issues")
        self.assertEqual(len(changed), 5)
        self.assertLess(second.upserts, first.upserts / 2)

    def test_update_goes_on_from_any_checkpoint(self):
        whole = Collected(self.update(["issues", "comments"]))
        cut = Collected()
        call = self.update(["issues", "comments"])
        for response in call:
            cut.take(response)
            if cut.states:
                break
        call.cancel()
        self.assertLess(cut.upserts, whole.upserts)
        for response in self.update(["issues", "comments"], cut.states[-1]):
            cut.take(response)
        self.assertEqual(cut.tables, whole.tables)

    def test_update_has_only_the_columns_that_are_chosen(self):
        collected = Collected(self.update(["issues"], columns={"title": True}))
        self.assertEqual(set(collected.tables), {"issues"})
        self.assertEqual({name for row in collected.tables["issues"].values() for name in row}, {"id", "title"})

    def test_update_of_a_wrong_configuration_is_a_task(self):
        collected = Collected(self.update(["issues"], configuration={"access_token": "t"}))
        self.assertEqual(len(collected.tasks), 1)
        self.assertEqual(collected.states, [])

    def test_update_with_a_state_of_others_is_a_task(self):
        collected = Collected(self.update(["issues"], '{"cursor": 1}'))
        self.assertIn("not made by this program", collected.tasks[0])

    def test_update_with_refused_credentials_is_a_task_without_them(self):
        wrong = dict(self.configuration, access_token="wrong-token-0123456789")
        collected = Collected(self.update(["issues"], configuration=wrong))
        self.assertEqual(len(collected.tasks), 1)
        self.assertNotIn("wrong-token-0123456789", collected.tasks[0] + self.server.output)

    def test_updates_at_once_are_independent(self):
        results = {}

        def read(table):
            results[table] = Collected(self.update([table]))

        threads = [threading.Thread(target=read, args=(table,)) for table in ("issues", "comments", "labels")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for table in ("issues", "comments", "labels"):
            self.assertEqual(set(results[table].tables), {table})
            self.assert_has(results[table], table)

    def test_a_client_that_goes_away_ends_the_sync(self):
        call = self.update()
        next(iter(call))
        call.cancel()
        self.server.wait_for(r"Update: .*(stopped|gone)")


PROJECT = """
from fivetran_connector_sdk import Connector, Operations as op

def schema(configuration):
    return [{"table": "items", "primary_key": ["id"], "columns": {"id": "LONG", "price": {"type": "DECIMAL", "precision": 8,
                                                                                         "scale": 2}}}]

def update(configuration, state):
    run = state.get("run", 0) + 1
    if run == 1:
        for number in range(250):
            op.upsert("items", {"id": number, "price": "1.5", "name": configuration["prefix"] + str(number)})
        op.checkpoint({"run": run})
        op.truncate("items")
        op.upsert("items", {"id": 1, "price": "2.50", "name": "again"})
        op.upsert("items", {"id": 2, "price": None, "name": "second"})
    else:
        op.update("items", {"id": 1, "name": "changed"})
        op.delete("items", {"id": 2})
    op.checkpoint({"run": run})

connector = Connector(update=update, schema=schema)
"""


class ServedProject(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="tendril-partner-")
        (pathlib.Path(self._folder.name) / "connector.py").write_text(PROJECT)
        self.server = program.Child("fivetran", "serve-source", f"python:{self._folder.name}", "--port", "0")
        self.channel = grpc.insecure_channel("127.0.0.1:" + self.server.wait_for(r"127\.0\.0\.1:(\d+)")[1])
        self.source = CONNECTOR_GRPC.SourceConnectorStub(self.channel)
        self.configuration = {"prefix": "item "}

    def tearDown(self):
        self.channel.close()
        self.server.end()
        self._folder.cleanup()

    def test_its_operations_are_those_of_the_protocol(self):
        schema = self.source.Schema(CONNECTOR.SchemaRequest(configuration=self.configuration))
        (table,) = schema.without_schema.tables
        self.assertEqual([(column.name, column.type, column.primary_key) for column in table.columns],
                         [("id", COMMON.LONG, True), ("price", COMMON.DECIMAL, False)])
        first = Collected(self.source.Update(CONNECTOR.UpdateRequest(configuration=self.configuration)))
        self.assertEqual((first.tasks, first.warnings), ([], []))
        self.assertEqual(first.upserts, 252)
        self.assertEqual(first.tables["items"], {1: {"id": 1, "price": "2.50", "name": "again"},
                                                 2: {"id": 2, "price": None, "name": "second"}})
        second = Collected()
        second.tables = first.tables
        for response in self.source.Update(CONNECTOR.UpdateRequest(configuration=self.configuration,
                                                                   state_json=first.states[-1])):
            second.take(response)
        self.assertEqual(second.tables["items"], {1: {"id": 1, "price": "2.50", "name": "changed"}})


class EndOfTheServer(unittest.TestCase):
    def test_a_port_that_is_taken_is_an_error(self):
        server = program.Child("fivetran", "serve-source", "github", "--port", "0")
        port = server.wait_for(r"127\.0\.0\.1:(\d+)")[1]
        try:
            ended = program.run("fivetran", "serve-source", "github", "--port", port, status=None)
            self.assertNotEqual(ended.returncode, 0)
            self.assertIn(port, ended.stderr)
        finally:
            self.assertEqual(server.end(signal.SIGINT), 130)

    def test_settings_of_the_command_line_hold_where_a_client_says_nothing(self):
        server = program.Child("fivetran", "serve-source", "github", "--port", "0", "--set", "access_token=t")
        port = server.wait_for(r"127\.0\.0\.1:(\d+)")[1]
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                source = CONNECTOR_GRPC.SourceConnectorStub(channel)
                schema = source.Schema(CONNECTOR.SchemaRequest(configuration={"organization": "acme"}))
                self.assertTrue(schema.without_schema.tables)
        finally:
            self.assertEqual(server.end(), 143)


if __name__ == "__main__":
    unittest.main(verbosity=2)
