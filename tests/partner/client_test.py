#!/usr/bin/env python3
"""A server of the partner protocol feeds our client: source fivetran:HOST:PORT, into DuckDB.

usage: TENDRIL=PROGRAM client_test.py
"""
import concurrent.futures
import json
import pathlib
import sys
import tempfile
import threading
import unittest

import grpc

import messages
import program

sys.path.insert(0, str(program.ROOT / "tests/fivetran"))
import warehouse  # noqa: E402

COMMON, CONNECTOR, CONNECTOR_GRPC, _, _ = messages.load()
Value = COMMON.ValueType
Timestamp = CONNECTOR.common__pb2.google_dot_protobuf_dot_timestamp__pb2.Timestamp
LONG, STRING, JSON, DECIMAL = COMMON.LONG, COMMON.STRING, COMMON.JSON, COMMON.DECIMAL


class Broken(Exception):
    """The connector raises here."""


class GoingDown(Exception):
    """The server goes down here, as its client sees it."""


class FakeSource(CONNECTOR_GRPC.SourceConnectorServicer):
    """Answers what a test gives it; `update` takes a request and yields responses."""

    def __init__(self):
        self.schema, self.update, self.requests = CONNECTOR.SchemaResponse(), lambda _: (), []
        self.form, self.failures = COMMON.ConfigurationFormResponse(), {}
        self.stop, self.ended = threading.Event(), threading.Event()

    def ConfigurationForm(self, request, context):
        return self.form

    def Test(self, request, context):
        if request.name in self.failures:
            return COMMON.TestResponse(failure=self.failures[request.name])
        return COMMON.TestResponse(success=True)

    def Schema(self, request, context):
        return self.schema

    def Update(self, request, context):
        self.requests.append(request)
        context.add_callback(self.ended.set)
        try:
            yield from self.update(request)
        except GoingDown:
            context.abort(grpc.StatusCode.UNAVAILABLE, "going down")


def column(name, kind, key=False, digits=None):
    made = COMMON.Column(name=name, type=kind, primary_key=key)
    if digits:
        made.params.decimal.precision, made.params.decimal.scale = digits
    return made


def schema_of(*tables):
    return CONNECTOR.SchemaResponse(without_schema=COMMON.TableList(tables=tables))


ITEMS = COMMON.Table(name="items", columns=[column("id", LONG, True), column("name", STRING)])


def record(table, kind=COMMON.UPSERT, schema=None, **data):
    made = COMMON.UPSERT if kind is None else kind
    return CONNECTOR.Record(table_name=table, schema_name=schema, type=made, data=data)


def records(*each):
    return CONNECTOR.UpdateResponse(records=CONNECTOR.Records(records=each))


def item(number, name, kind=COMMON.UPSERT):
    return record("items", kind, id=Value(long=number), name=Value(string=name))


def checkpoint(**state):
    return CONNECTOR.UpdateResponse(checkpoint=CONNECTOR.Checkpoint(state_json=json.dumps(state)))


def warning(text):
    return CONNECTOR.UpdateResponse(warning=COMMON.Warning(message=text))


def task(text):
    return CONNECTOR.UpdateResponse(task=COMMON.Task(message=text))


def at(seconds, nanos=0):
    return Timestamp(seconds=seconds, nanos=nanos)


class ReadFromAServer(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="tendril-partner-")
        self.folder = pathlib.Path(self._folder.name)
        self.file = self.folder / "w.duckdb"
        self.source = FakeSource()
        self.source.schema = schema_of(ITEMS)
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=4))
        CONNECTOR_GRPC.add_SourceConnectorServicer_to_server(self.source, self.server)
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        self.name = f"fivetran:127.0.0.1:{self.port}"

    def tearDown(self):
        self.source.stop.set()
        self.server.stop(None).wait()
        self._folder.cleanup()

    def sync(self, *responses, status=0, arguments=()):
        if responses:
            self.source.update = lambda _: iter(responses)
        return program.run("sync", self.name, "--to", f"duckdb:{self.file}", *arguments, status=status)

    def rows(self, sql):
        with warehouse.Database(self.file) as database:
            return database.rows(sql)

    def items(self):
        return self.rows("SELECT id, name FROM items WHERE NOT coalesce(_tendril_deleted, false) ORDER BY id")

    def types(self, table):
        return dict(self.rows(f"SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = '{table}'"))

    def test_check_runs_the_tests_of_the_server(self):
        self.source.form.tests.add(name="login", label="Login")
        program.run("check", self.name)
        self.source.failures["login"] = "the key is not known"
        ended = program.run("check", self.name, status=None)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("Login: the key is not known", ended.stderr)

    def test_discover_shows_tables_types_and_keys(self):
        self.source.schema = CONNECTOR.SchemaResponse(with_schema=COMMON.SchemaList(schemas=[
            COMMON.Schema(name="shop", tables=[ITEMS]),
            COMMON.Schema(name="log", tables=[COMMON.Table(name="lines", columns=[column("d", DECIMAL, digits=(10, 2))])]),
        ]))
        text = program.run("discover", self.name, "--json").stdout
        self.assertIn("shop.items", text)
        self.assertIn("log.lines", text)
        self.assertIn("DECIMAL(10,2)", text)

    def test_values_of_all_types_land_as_they_are(self):
        kinds = {"b": COMMON.BOOLEAN, "s": COMMON.SHORT, "i": COMMON.INT, "l": COMMON.LONG, "f": COMMON.FLOAT,
                 "d": COMMON.DOUBLE, "nd": COMMON.NAIVE_DATE, "ndt": COMMON.NAIVE_DATETIME, "udt": COMMON.UTC_DATETIME,
                 "bin": COMMON.BINARY, "x": COMMON.XML, "str": STRING, "j": JSON, "t": COMMON.NAIVE_TIME}
        columns = [column("id", LONG, True)] + [column(name, kind) for name, kind in kinds.items()]
        columns.append(column("dec", DECIMAL, digits=(38, 10)))
        self.source.schema = schema_of(COMMON.Table(name="all", columns=columns))
        low = {"b": Value(bool=False), "s": Value(short=-32768), "i": Value(int=-2**31), "l": Value(long=-2**63),
               "f": Value(float=-1.5), "d": Value(double=-1.7976931348623157e308), "nd": Value(naive_date=at(-62135596800)),
               "ndt": Value(naive_datetime=at(-62135596800)), "udt": Value(utc_datetime=at(-1, 999999000)),
               "bin": Value(binary=b""), "x": Value(xml=""), "str": Value(string=""), "j": Value(json="null"),
               "t": Value(naive_time=at(0)), "dec": Value(decimal="-9999999999999999999999999999.9999999999")}
        high = {"b": Value(bool=True), "s": Value(short=32767), "i": Value(int=2**31 - 1), "l": Value(long=2**63 - 1),
                "f": Value(float=3.4028234663852886e38), "d": Value(double=5e-324), "nd": Value(naive_date=at(253402214400)),
                "ndt": Value(naive_datetime=at(253402300799, 999999000)), "udt": Value(utc_datetime=at(253402300799)),
                "bin": Value(binary=b"\x00\xff"), "x": Value(xml="<a>ü</a>"), "str": Value(string="ü\n"),
                "j": Value(json='{"a":[1,null]}'), "t": Value(naive_time=at(86399, 999999000)), "dec": Value(decimal="0.5")}
        nulls = {name: Value(null=True) for name in low}
        self.sync(records(*(record("all", id=Value(long=number), **row) for number, row in enumerate((low, high, nulls)))),
                  checkpoint(done=True))
        texts = ", ".join(f'"{name}"::VARCHAR' for name in low if name not in ("udt", "bin"))
        found = self.rows(f'SELECT {texts}, epoch_us(udt)::VARCHAR, hex(bin) FROM "all" ORDER BY id')
        self.assertEqual(found[0], ["false", "-32768", "-2147483648", "-9223372036854775808", "-1.5",
                                    "-1.7976931348623157e+308", "0001-01-01", "0001-01-01 00:00:00", "", "", "null",
                                    "00:00:00", "-9999999999999999999999999999.9999999999", "-1", ""])
        self.assertEqual(found[1], ["true", "32767", "2147483647", "9223372036854775807", "3.4028235e+38", "5e-324",
                                    "9999-12-31", "9999-12-31 23:59:59.999999", "<a>ü</a>", "ü\n", '{"a":[1,null]}',
                                    "23:59:59.999999", "0.5000000000", "253402300799000000", "00FF"])
        self.assertEqual(found[2], [None] * 15)
        types = self.types("all")
        self.assertEqual((types["dec"], types["f"], types["udt"], types["t"]),
                         ("DECIMAL(38,10)", "FLOAT", "TIMESTAMP WITH TIME ZONE", "TIME"))

    def test_encoded_values_land_like_the_others(self):
        self.source.schema = schema_of(COMMON.Table(name="all", columns=[
            column("id", LONG, True), column("b", COMMON.BOOLEAN), column("at", COMMON.UTC_DATETIME),
            column("day", COMMON.NAIVE_DATE), column("d", DECIMAL, digits=(6, 2)), column("s", STRING)]))
        row = CONNECTOR.Record(table_name="all", row_data={
            "id": b"\x017", "b": b"\x01true", "at": b"\x012026-01-02T03:04:05.5Z", "day": b"\x012026-01-02",
            "d": b"\x0112.5", "s": b"\x0112", "j": b'\x02{"a":1}', "bin": b"\x03\xff", "f": b"\x041.5", "r": b"\x05-Infinity",
            "n": b"\x0112", "none": b"\x00"})
        self.sync(records(row))
        found = self.rows('SELECT id, b::VARCHAR, epoch_us("at"), "day"::VARCHAR, d::VARCHAR, s, j, hex(bin), f::VARCHAR, '
                          'r::VARCHAR, n::VARCHAR FROM "all"')
        self.assertEqual(found, [["7", "true", "1767323045500000", "2026-01-02", "12.50", "12", '{"a":1}', "FF", "1.5",
                                  "-inf", "12"]])
        types = self.types("all")
        self.assertEqual((types["n"], types["f"], types["r"], "none" in types), ("BIGINT", "FLOAT", "DOUBLE", False))

    def test_operations_act_in_their_order(self):
        self.sync(records(item(1, "a"), item(2, "b"), item(3, "c")),
                  records(record("items", COMMON.TRUNCATE)),
                  records(item(2, "again"), item(4, "d")),
                  records(record("items", COMMON.UPDATE, id=Value(long=2), name=Value(string="changed")),
                          record("items", COMMON.UPDATE, id=Value(long=9), name=Value(string="nobody")),
                          record("items", COMMON.DELETE, id=Value(long=4))),
                  CONNECTOR.UpdateResponse(record=item(5, "single")),
                  checkpoint(n=1))
        self.assertEqual(self.items(), [["2", "changed"], ["5", "single"]])

    def test_the_next_run_gets_the_last_state(self):
        self.sync(records(item(1, "a")), checkpoint(n=1), records(item(2, "b")), checkpoint(n=2))
        self.sync(records(item(3, "c")), checkpoint(n=3))
        self.assertEqual([json.loads(request.state_json) for request in self.source.requests], [{}, {"n": 2}])
        self.assertEqual([row[0] for row in self.items()], ["1", "2", "3"])

    @staticmethod
    def failing_once(fault):
        """Returns an update that fails after its first checkpoint."""
        def update(request):
            if not json.loads(request.state_json):
                yield records(item(1, "a"))
                yield checkpoint(n=1)
                yield records(item(2, "not covered"))
                raise fault
            yield records(item(2, "b"))
            yield checkpoint(n=2)

        return update

    def test_a_connector_that_raises_goes_on_from_the_checkpoint_in_the_next_run(self):
        self.source.update = self.failing_once(Broken("at the second row"))
        first = self.sync(status=None)
        self.assertNotEqual(first.returncode, 0)
        self.assertIn("at the second row", first.stderr)
        self.assertEqual(self.items(), [["1", "a"]])
        self.sync()
        self.assertEqual(self.items(), [["1", "a"], ["2", "b"]])

    def test_a_server_that_goes_down_is_asked_again_from_the_checkpoint(self):
        self.source.update = self.failing_once(GoingDown)
        self.sync()
        self.assertEqual([json.loads(request.state_json) for request in self.source.requests], [{}, {"n": 1}])
        self.assertEqual(self.items(), [["1", "a"], ["2", "b"]])

    def test_a_task_fails_the_run_with_its_text(self):
        ended = self.sync(records(item(1, "a")), checkpoint(n=1), warning("mind the gap"), task("renew the key"),
                          status=None)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("renew the key", ended.stderr)
        self.assertIn("mind the gap", ended.stderr)
        self.assertEqual(self.items(), [["1", "a"]])

    def test_selection_names_the_tables_that_are_wanted(self):
        self.source.schema = schema_of(ITEMS, COMMON.Table(name="other", columns=[column("id", LONG, True)]))
        self.sync(records(item(1, "a"), record("other", id=Value(long=1))), checkpoint(n=1), arguments=("--stream", "items"))
        selection = self.source.requests[0].selection.without_schema
        self.assertEqual([(table.table_name, table.included) for table in selection.tables], [("items", True)])
        self.assertFalse(selection.include_new_tables)
        self.assertEqual(self.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'other'"), [["0"]])

    def test_tables_of_schemas_are_named_with_them(self):
        self.source.schema = CONNECTOR.SchemaResponse(with_schema=COMMON.SchemaList(
            schemas=[COMMON.Schema(name=name, tables=[ITEMS]) for name in ("a", "b")]))
        self.sync(records(record("items", schema="a", id=Value(long=1)), record("items", schema="b", id=Value(long=2))))
        self.assertEqual(self.rows('SELECT id FROM "b.items"'), [["2"]])

    def test_columns_and_tables_that_come_later_are_taken(self):
        change = CONNECTOR.UpdateResponse(schema_change=CONNECTOR.SchemaChange(without_schema=COMMON.TableList(tables=[
            COMMON.Table(name="items", columns=[column("id", LONG, True), column("price", DECIMAL, digits=(8, 2))]),
            COMMON.Table(name="later", columns=[column("k", STRING, True)])])))
        self.sync(records(item(1, "a")), change,
                  records(record("items", id=Value(long=2), price=Value(decimal="1.5")), record("later", k=Value(string="x"))))
        self.assertEqual(self.types("items")["price"], "DECIMAL(8,2)")
        self.assertEqual(self.rows("SELECT k FROM later"), [["x"]])

    def test_rows_without_a_key_get_one(self):
        self.source.schema = CONNECTOR.SchemaResponse(schema_response_not_supported=True)
        self.sync(records(*(record("loose", a=Value(string=text)) for text in ("x", "y", "x"))))
        self.assertEqual(self.rows("SELECT a FROM loose ORDER BY a"), [["x"], ["y"]])

    def test_configuration_is_sent_as_texts_and_kept_from_the_log(self):
        (self.folder / "c.json").write_text('{"a": {"b": 1}, "list": ["x"], "api_key": "k-0123456789", "no": null}')
        self.source.update = lambda request: iter([task("wrong key: " + request.configuration["api_key"])])
        ended = self.sync(status=None, arguments=("--config", self.folder / "c.json", "--set", "zip=007"))
        self.assertEqual(dict(self.source.requests[0].configuration),
                         {"a.b": "1", "list": '["x"]', "api_key": "k-0123456789", "zip": "007"})
        self.assertNotIn("k-0123456789", ended.stderr + ended.stdout)

    def test_what_is_wrong_is_said(self):
        cases = {
            "no type that this program knows": records(record("items", id=Value(long=1), name=Value())),
            "unknown operation": records(record("items", 9, id=Value(long=1))),
            "names no table": records(record("", id=Value(long=1))),
            "primary key column id is missing": records(record("items", name=Value(string="x"))),
            "operation that this program does not know": CONNECTOR.UpdateResponse(),
            "JSON that is none": records(record("items", id=Value(long=1), j=Value(json="{"))),
            "must be one JSON object": CONNECTOR.UpdateResponse(checkpoint=CONNECTOR.Checkpoint(state_json="[1]")),
            "a time of day beyond the day": records(record("items", id=Value(long=1), t=Value(naive_time=at(86400)))),
        }
        for text, response in cases.items():
            with self.subTest(text):
                ended = self.sync(response, status=None)
                self.assertNotEqual(ended.returncode, 0)
                self.assertIn(text, ended.stderr)

    def test_a_schema_of_an_unknown_type_is_refused(self):
        self.source.schema = schema_of(COMMON.Table(name="items", columns=[column("id", 99, True)]))
        ended = program.run("discover", self.name, status=None)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("column id has an unknown type: 99", ended.stderr)

    def test_a_message_above_the_limit_is_refused(self):
        ended = self.sync(records(item(1, "x" * (129 * 1024 * 1024))), status=None)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("more than 128 MB", ended.stderr)

    def test_nobody_at_the_address_is_an_error(self):
        self.server.stop(None).wait()
        ended = program.run("check", self.name, status=None)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn(f"no server answers at 127.0.0.1:{self.port}", ended.stderr)

    def test_a_run_that_is_stopped_ends_the_call(self):
        begun = threading.Event()

        def update(_):
            begun.set()
            yield records(item(1, "a"))
            yield checkpoint(n=1)
            self.source.stop.wait(program.PATIENCE)

        self.source.update = update
        child = program.Child("sync", self.name, "--to", f"duckdb:{self.file}", "--log-format", "json", "--log-level", "debug")
        self.assertTrue(begun.wait(program.PATIENCE), child.output)
        self.assertFalse(self.source.ended.is_set())
        self.assertEqual(child.end(), 143, child.output)
        self.assertTrue(self.source.ended.wait(program.PATIENCE))


if __name__ == "__main__":
    unittest.main(verbosity=2)
