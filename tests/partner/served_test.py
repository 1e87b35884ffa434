"""`tendril fivetran serve-destination` as a client in Python sees it: all calls, with files that this test writes, in front
of DuckDB and PostgreSQL; the tables are read by another program afterwards."""
import base64
import csv
import gzip
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

import grpc

import messages

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))

import servers  # noqa: E402

common, _, _, wire, calls = messages.load()

BINARY = os.environ["TENDRIL"]
QUERY = pathlib.Path(BINARY).resolve().parent / "tendril_crash_query"
NULL, UNMODIFIED = "null-m8yilkvPsNulehxl2G6pmSQ3G3WWdLP", "unmod-NcK9NIjPUutCsz4mjOQQztbnwnE1sY3"
SAME = object()  # A value of an update that stays.
PATIENCE = 60
OPEN_END = "9999-12-31T23:59:59.999Z"


class Program:
    """The server while it runs."""

    def __init__(self, destination, *options):
        self._process = subprocess.Popen([BINARY, "fivetran", "serve-destination", destination, "--port", "0", *options],
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        found = re.search(r"at port (\d+)", line)
        if not found:
            raise AssertionError(line + self._process.communicate()[1])
        self.port = int(found[1])
        self._ended = None
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        self.stub = calls.DestinationConnectorStub(self._channel)

    def end(self):
        """Asks it to end as ctrl-C does; returns its status and its log."""
        if self._ended is None:
            self._channel.close()
            self._process.send_signal(signal.SIGINT)
            output, errors = self._process.communicate(timeout=PATIENCE)
            self._ended = self._process.returncode, output, errors
        return self._ended


class Files:
    """Writes batch files."""

    def __init__(self, folder, compression="OFF", encrypted=False):
        self._folder, self._compression, self._encrypted = folder, compression, encrypted
        self._count, self.keys = 0, {}

    def params(self):
        return wire.FileParams(compression=wire.Compression.Value(self._compression),
                               encryption=wire.AES if self._encrypted else wire.NONE,
                               null_string=NULL, unmodified_string=UNMODIFIED)

    def write(self, columns, *rows):
        """A CSV file of these rows, whose values are None, SAME, bytes or texts; returns its path."""
        def text(value):
            if value is None or value is SAME:
                return NULL if value is None else UNMODIFIED
            return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)

        out = io.StringIO(newline="")
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(columns)
        lines.writerows([text(value) for value in row] for row in rows)
        return self.write_bytes(out.getvalue().encode())

    def write_bytes(self, data):
        if self._compression == "ZSTD":
            data = subprocess.run(["zstd", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
        elif self._compression == "GZIP":
            data = gzip.compress(data)
        self._count += 1
        path = str(self._folder / f"file_{self._count}")
        if self._encrypted:
            key, vector = os.urandom(32), os.urandom(16)
            data = vector + subprocess.run(["openssl", "enc", "-aes-256-cbc", "-K", key.hex(), "-iv", vector.hex()],
                                           input=data, stdout=subprocess.PIPE, check=True).stdout
            self.keys[path] = key
        pathlib.Path(path).write_bytes(data)
        return path


def table(name, columns, key):
    """`columns` is a text as "id INT, sum DECIMAL"."""
    made = common.Table(name=name)
    for each in columns.split(", "):
        column, type_name = each.split(" ")
        added = made.columns.add(name=column, type=common.DataType.Value(type_name), primary_key=column in key)
        if type_name == "DECIMAL":
            added.params.decimal.precision, added.params.decimal.scale = 10, 2
    return made


SALES = "id INT, sum DECIMAL, note STRING, data BINARY, _fivetran_synced UTC_DATETIME"
VERSIONS = "id INT, note STRING, n INT, _fivetran_start UTC_DATETIME, _fivetran_end UTC_DATETIME, _fivetran_active BOOLEAN"


class Served:
    """The calls of a client, all for one schema. `read` runs a query when the server has ended."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def start(self, *options):
        program = Program(self.destination(), *options)
        self.addCleanup(program.end)
        self.stub = program.stub
        return program

    def success(self, response):
        self.assertEqual(response.WhichOneof("response"), "success", response)

    def create(self, wanted):
        self.success(self.stub.CreateTable(wire.CreateTableRequest(schema_name="sales", table=wanted)))

    def describe(self, name):
        return self.stub.DescribeTable(wire.DescribeTableRequest(schema_name="sales", table_name=name))

    def write(self, wanted, files, replace=(), update=(), delete=()):
        self.success(self.stub.WriteBatch(wire.WriteBatchRequest(
            schema_name="sales", table=wanted, keys=files.keys, replace_files=replace, update_files=update,
            delete_files=delete, file_params=files.params())))

    def write_versions(self, wanted, files, earliest=(), replace=(), update=(), delete=()):
        self.success(self.stub.WriteHistoryBatch(wire.WriteHistoryBatchRequest(
            schema_name="sales", table=wanted, keys=files.keys, earliest_start_files=earliest, replace_files=replace,
            update_files=update, delete_files=delete, file_params=files.params())))

    def migrate(self, name, **operation):
        return self.stub.Migrate(wire.MigrateRequest(
            details=wire.MigrationDetails(schema="sales", table=name, **operation)))

    def test_batches_in_every_wrapping(self):
        program = self.start()
        sales = table("sales", SALES, {"id"})
        self.create(sales)
        names = [column.name for column in sales.columns]
        first = "2024-01-01T00:00:00.000Z"
        for compression in ("OFF", "ZSTD", "GZIP"):
            for encrypted in (False, True):
                files = Files(self.folder, compression, encrypted)
                self.write(sales, files,
                           replace=[files.write(names, [1, "1.50", 'a "b"\\\n,', b"\x00\xff", first],
                                                [2, None, "", None, first], [3, 3, None, b"", first])],
                           update=[files.write(reversed(names), [first, b"new", SAME, SAME, 2],
                                               [first, SAME, None, "7.25", 1], [first, None, None, None, 9])],
                           delete=[files.write(["id", "note"], [3, None], [8, None])])
        program.end()
        self.assertEqual(self.read("SELECT id, CAST(sum AS VARCHAR), coalesce(note, '-'), octet_length(data) FROM sales.sales "
                                   "ORDER BY id"),
                         ["1\t7.25\t-\t2", "2\tNULL\t\t3"])

    def test_history(self):
        program = self.start()
        versions = table("versions", VERSIONS, {"id", "_fivetran_start"})
        self.create(versions)
        names = [column.name for column in versions.columns]
        files = Files(self.folder, "ZSTD", True)
        self.write_versions(versions, files, replace=[files.write(
            names, [1, "a", 1, "2024-01-01T00:00:00Z", OPEN_END, "true"],
            [2, "b", 2, "2024-01-01T00:00:00Z", OPEN_END, "true"])])
        self.write_versions(
            versions, files,
            earliest=[files.write(["id", "_fivetran_start"], [1, "2024-02-01T00:00:00Z"])],
            update=[files.write(names, [1, SAME, 10, "2024-02-01T00:00:00Z", "2024-02-29T23:59:59.999Z", "false"],
                                [1, "c", SAME, "2024-03-01T00:00:00Z", OPEN_END, "true"])],
            delete=[files.write(["_fivetran_end", "id"], ["2024-04-01T00:00:00Z", 2])])
        program.end()
        self.assertEqual(
            self.read("SELECT id, note, n, CAST(EXTRACT(YEAR FROM _fivetran_end) AS INTEGER), "
                      "CAST(EXTRACT(MONTH FROM _fivetran_end) AS INTEGER), CAST(_fivetran_active AS VARCHAR) "
                      "FROM sales.versions ORDER BY id, _fivetran_start"),
            ["1\ta\t1\t2024\t1\tfalse", "1\ta\t10\t2024\t2\tfalse", "1\tc\t10\t9999\t12\ttrue", "2\tb\t2\t2024\t4\tfalse"])

    def test_tables_and_migrations(self):
        program = self.start()
        self.assertTrue(self.describe("sales").not_found)
        sales = table("sales", SALES, {"id"})
        self.create(sales)
        self.assertEqual(self.describe("sales").table, sales)
        files = Files(self.folder)
        self.write(sales, files, replace=[files.write(["id", "note", "_fivetran_synced"],
                                                      [1, "a", "2024-01-01T00:00:00.000Z"],
                                                      [2, "b", "2024-01-01T00:00:00.001Z"])])
        wider = table("sales", "id LONG, note STRING, more JSON", {"id"})
        self.success(self.stub.AlterTable(wire.AlterTableRequest(schema_name="sales", table=wider)))
        self.assertEqual([column.name for column in self.describe("sales").table.columns],
                         ["id", "sum", "note", "data", "_fivetran_synced", "more"])

        request = wire.TruncateRequest(schema_name="sales", table_name="sales", synced_column="_fivetran_synced",
                                       soft=wire.SoftTruncate(deleted_column="_fivetran_deleted"))
        request.utc_delete_before.FromJsonString("2024-01-01T00:00:00.001Z")
        self.success(self.stub.Truncate(request))
        request.table_name = "none"
        self.success(self.stub.Truncate(request))

        self.success(self.migrate("sales", copy=wire.CopyOperation(
            copy_table=wire.CopyTable(from_table="sales", to_table="copy"))))
        self.success(self.migrate("copy", update_column_value=wire.UpdateColumnValueOperation(
            column="note", value="it's")))
        self.success(self.migrate("sales", table_sync_mode_migration=wire.TableSyncModeMigrationOperation(
            type=wire.SOFT_DELETE_TO_HISTORY, soft_deleted_column="_fivetran_deleted")))
        self.assertEqual(self.migrate("sales").WhichOneof("response"), "unsupported")
        self.assertIn("does not exist", self.migrate("none", copy=wire.CopyOperation(
            copy_column=wire.CopyColumn(from_column="a", to_column="b"))).task.message)
        program.end()
        self.assertEqual(self.read("SELECT id, note, CAST(_fivetran_active AS VARCHAR) FROM sales.sales ORDER BY id"),
                         ["1\ta\tfalse", "2\tb\ttrue"])
        self.assertEqual(self.read("SELECT id, note FROM sales.copy ORDER BY id"), ["1\tit's", "2\tit's"])

    def test_form_capabilities_and_end(self):
        program = self.start("--batch-format", "parquet")
        form = self.stub.ConfigurationForm(common.ConfigurationFormRequest())
        for test in form.tests:
            answer = self.stub.Test(common.TestRequest(name=test.name))
            self.assertTrue(answer.success, answer)
        self.assertEqual(self.stub.Capabilities(wire.CapabilitiesRequest()).batch_file_format, wire.PARQUET)
        status, output, errors = program.end()
        self.assertEqual((status, errors), (0, ""))
        for line in output.splitlines():
            self.assertEqual(json.loads(line)["message-origin"], "sdk_destination")

    def test_faults_name_their_place(self):
        self.start()
        sales = table("sales", SALES, {"id"})
        self.create(sales)
        files = Files(self.folder)
        for path, place in ((files.write(["id", "sum"], [1, 1], [2, "much"]), "row 2, column sum"),
                            (files.write(["sum"], [1]), "has no column id")):
            with self.assertRaises(grpc.RpcError) as caught:
                self.write(sales, files, replace=[path])
            self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
            self.assertIn(place, caught.exception.details())
            self.assertIn(path, caught.exception.details())


class DuckdbServed(Served, unittest.TestCase):
    def destination(self):
        return f"duckdb:{self.folder}/warehouse.duckdb"

    def read(self, query):
        return subprocess.run([QUERY, self.folder / "warehouse.duckdb", query], capture_output=True, text=True,
                              check=True).stdout.split("\n")[:-1]


class PostgresServed(Served, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._server = servers.postgres_server()
        cls.address = cls._server.__enter__()
        cls.addClassCleanup(cls._server.__exit__, None, None, None)
        if not cls.address:
            raise unittest.SkipTest("no PostgreSQL server is installed")

    def destination(self):
        self.addCleanup(self.sql, "DROP SCHEMA IF EXISTS sales CASCADE")
        return self.address

    def sql(self, query):
        return subprocess.run(["psql", "-qAtX", "-F", "\t", "-P", "null=NULL", self.address, "-c", query],
                              capture_output=True, text=True, check=True).stdout.split("\n")[:-1]

    read = sql


class Refusals(unittest.TestCase):
    def test_destinations_that_have_no_tables_to_alter(self):
        ended = subprocess.run([BINARY, "fivetran", "serve-destination", "parquet:/tmp"], capture_output=True, text=True,
                               timeout=PATIENCE, check=False)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("duckdb:FILE", ended.stderr)
        self.assertIn("postgres://", ended.stderr)


if __name__ == "__main__":
    unittest.main()
