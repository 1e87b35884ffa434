"""`tendril fivetran test-destination` with the public inputs against our own destination server in front of DuckDB and
PostgreSQL, and against one in Python: what is stored afterwards is what the inputs mean, as this file says it."""
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
import servers  # noqa: E402

BINARY = os.environ.get("TENDRIL", "tendril")
QUERY = pathlib.Path(BINARY).resolve().parent / "tendril_crash_query"
VECTORS = pathlib.Path(__file__).resolve().parent.parent.parent / "../shared/fivetran-vectors"
PUBLIC = VECTORS / "tester-inputs/input-files"
MORE = VECTORS / "batch-files/destination_tester"
MISSING = PUBLIC / "operations_on_nonexistent_records"

# Queries that DuckDB and PostgreSQL understand alike, and their rows.
FLAG = "CASE WHEN {0} THEN 1 WHEN {0} IS NULL THEN -1 ELSE 0 END"
DELETED = FLAG.format("_fivetran_deleted")
ACTIVE = FLAG.format("_fivetran_active")
EMPTY = {"SELECT count(*) FROM tester.transaction": ["0"], "SELECT count(*) FROM tester.campaign": ["0"]}
CENTS = "CAST(round(CAST({} AS DOUBLE PRECISION) * 100) AS INTEGER)"
SECOND = "CAST(floor(EXTRACT(EPOCH FROM {})) AS BIGINT)"
COLUMNS = ("SELECT column_name FROM information_schema.columns WHERE table_schema = 'tester' AND table_name = '{}' "
           "AND column_name NOT LIKE '\\_fivetran%' ESCAPE '\\' ORDER BY 1")
TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'tester' ORDER BY 1"

EXPECTED = (
    (MISSING / "delete_missing_record.json", EMPTY),
    (MISSING / "soft_delete_missing_record.json", EMPTY),
    (MISSING / "truncate_missing_table.json", {TABLES: []}),
    (MISSING / "truncate_then_delete.json", EMPTY),
    (MISSING / "truncate_then_soft_delete.json", EMPTY),
    (MISSING / "truncate_then_update.json", {"SELECT count(*) FROM tester.campaign": ["0"],
                                             "SELECT count(*) FROM tester.transaction": ["0"]}),
    (MISSING / "update_missing_record.json", EMPTY),
    (PUBLIC / "input.json", {
        # Versions of 1: two by upserts, one by the update, which the soft delete ends; 2 is deleted.
        f"SELECT id, {ACTIVE}, {CENTS.format('amount_double')}, {SECOND.format('_fivetran_start')}, "
        f"{SECOND.format('_fivetran_end')}, string_val, new_column FROM tester.transaction ORDER BY 1, 4": [
            "1\t0\t10012\t1116881820\t1116881879\tSome text\tNew data",
            "1\t0\t30011\t1116881880\t1698677999\tDuplicate text\tNew data 2",
            "1\t0\t40056\t1698678000\t1698683400\tDuplicate text\tNew data 2",
            "2\t0\t20099\t1116881820\t1698681600\tAnother text\tNew data 1"],
        "SELECT count(*) FROM tester.campaign": ["0"],
        f"SELECT pk1, pk2, new_pk, value, {DELETED} FROM tester.composite_table ORDER BY 2": [
            "1\tA\t1\tValue 1\t1", "1\tB\t2\tValue 2\t1"]}),
    (PUBLIC / "schema_migrations_input_ddl.json", {
        COLUMNS.format("transaction"): ["amount", "id", "operation_time"],
        f"SELECT id, {CENTS.format('amount')} FROM tester.transaction WHERE operation_time IS NULL ORDER BY 1": [
            "1\t10045", "2\t15033", "3\t15033", "4\t15033", "10\t20000", "20\t5000"]}),
    (PUBLIC / "schema_migrations_input_dml.json", {
        TABLES: ["transaction", "transaction_renamed"],
        COLUMNS.format("transaction"): ["amount_renamed", "desc", "desc_detailed", "id", "operation_time"],
        # Copied before its column was renamed.
        COLUMNS.format("transaction_renamed"): ["amount", "desc", "desc_detailed", "id", "operation_time"],
        f"""SELECT id, {CENTS.format('amount_renamed')}, COALESCE("desc", '-'), COALESCE(desc_detailed, '-'),
        {SECOND.format('operation_time')} FROM tester.transaction ORDER BY 1""": [
            "1\t20257\t-\t-\t1117313820", "2\t20257\t-\ttwo\t1117313820", "3\t20257\t-\ttwo\t1117313820",
            "4\t20257\t-\ttwo\t1117313820", "10\t20257\t-\tthree\t1117313820", "20\t20257\t-\tmoney\t1117313820"],
        "SELECT count(*) FROM tester.transaction_renamed": ["6"]}),
    (PUBLIC / "schema_migrations_input_sync_modes.json", {
        # Two versions of 10 by upserts, and one more of each living key by each migration of a column.
        f"SELECT id, count(*), sum({ACTIVE}) FROM tester.transaction_history GROUP BY 1 ORDER BY 1": [
            "1\t2\t1", "2\t2\t1", "3\t2\t1", "4\t2\t1", "10\t3\t1", "20\t2\t1"],
        f"SELECT id, article FROM tester.transaction_history WHERE _fivetran_active ORDER BY 1": [
            f"{id}\tOrdered article" for id in (1, 2, 3, 4, 10, 20)],
        f"SELECT count(*), sum({ACTIVE}) FROM tester.transaction": ["6\t6"],
        f"SELECT count(*), sum({DELETED}) FROM tester.new_transaction_history": ["6\t0"]}),
    (MORE / "input_1.json", {
        f"""SELECT id, {CENTS.format('amount')}, COALESCE("desc", '-'), {DELETED} FROM tester.transaction ORDER BY 1""": [
            "1\t20000\t-\t0", "2\t15033\ttwo\t0", "4\t15033\ttwo\t1", "10\t10000\tthee\t0", "20\t5000\tmone\t0"],
        f"SELECT _fivetran_id, name, {CENTS.format('num')}, {DELETED} FROM tester.campaign": [
            "dfg-890-lkj\tChristmas 2\t40032\t1"]}),
    (MORE / "input_2.json", {
        f"SELECT customer_id, first_name, {CENTS.format('total_spent')}, loyalty_tier FROM tester.customers ORDER BY 1": [
            "101\tAlice\t250080\tGold", "102\tBob\t85050\tSilver", "103\tAlice\t330050\tPlatinum",
            "105\tEve\t12000\tBronze"],
        "SELECT _fivetran_id, product_name, COALESCE(manual_xml, '-') FROM tester.products ORDER BY 1": [
            "prod_G7H8\tWireless Mouse\t-", "prod_I9J0\tUSB-C Hub\t<manual><section title='Ports'><port>HDMI</port>"
            "</section></manual>"],
        f"SELECT order_id, status, {DELETED} FROM tester.orders ORDER BY 1": [
            "ORD-001\tShipped\t1", "ORD-002\tShipped\t0", "ORD-003\tProcessing\t0"]}),
    (MORE / "input_3.json", {
        "SELECT count(*), count(DISTINCT user_id) FROM tester.user_profiles": ["24\t24"],
        # 154 upserts, six of which repeat a key; times without a zone are in UTC.
        "SELECT count(*), count(DISTINCT event_id) FROM tester.web_events": ["148\t148"],
        f"SELECT {SECOND.format('min(event_timestamp)')} FROM tester.web_events": ["1755604800"]}),
    (MORE / "input_4.json", {
        "SELECT long_val, xml_val LIKE '%Developer''s Guide&quot;%', string_val FROM tester.mixed_data": [
            "1234567890123\ttrue\ttest1"]}),
    (MORE / "input_6.json", {
        # One of three products is as it was after all its changes of mode.
        COLUMNS.format("orders_history"): [
            "customer_id", "discount_code", "notes", "order_date", "order_id", "payment_method", "shipping_address",
            "status", "total_amount"],
        "SELECT order_id, status FROM tester.orders_history WHERE discount_code = 'abc' ORDER BY 1": [
            "1001\tshipped", "1002\tcancelled"],
        "SELECT customer_id, email FROM tester.customers_history ORDER BY 1": [
            "5001\tjohn.doe@example.com", "5002\tjane.smith@example.com"],
        f"SELECT count(*), sum({ACTIVE}) FROM tester.inventory_history": ["11\t4"],
        "SELECT product_id, quantity FROM tester.products ORDER BY 1": ["101\t50", "102\t200", "103\t0"],
        f"SELECT count(*), sum({ACTIVE}) FROM tester.products_history": ["3\t3"]}),
)


class Warehouse:
    """A DuckDB file, or a PostgreSQL database, served by our own program."""

    def __init__(self, uri, folder, extra=()):
        self.uri = uri
        self._log = open(folder / "server.log", "wb")
        self._process = subprocess.Popen([BINARY, "fivetran", "serve-destination", uri, "--port", "0", *extra],
                                         stdout=subprocess.PIPE, stderr=self._log, text=True)
        words = json.loads(self._process.stdout.readline())["message"].split()
        self.address = f"127.0.0.1:{words[-1]}"

    def stop(self):
        self._process.terminate()
        self._process.communicate(timeout=60)
        self._log.close()

    def rows(self, query):
        scheme, _, where = self.uri.partition(":")
        command = ([QUERY, where, query] if scheme == "duckdb" else
                   ["psql", self.uri, "--no-psqlrc", "-qAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", query])
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"{query}: {done.stderr}")
        text = done.stdout.replace("\tt\t", "\ttrue\t")
        return text.splitlines()


def tester(address, *more):
    return subprocess.run([BINARY, "fivetran", "test-destination", address, *map(str, more)], capture_output=True,
                          text=True, check=False, timeout=120)


@unittest.skipUnless(PUBLIC.exists(), "the public inputs are not there: ../shared/fivetran-vectors")
class TesterTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="partner-tester-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def check(self, uri, input_file, queries, options=(), extra=()):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        server = Warehouse(uri, folder, extra)
        try:
            done = tester(server.address, input_file, *options)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        finally:
            server.stop()  # DuckDB lets one process at a file.
        for query, rows in queries.items():
            self.assertEqual(rows, server.rows(query), query)

    @unittest.skipUnless(QUERY.exists(), "tendril_crash_query is not built")
    def test_duckdb_stores_what_the_inputs_mean(self):
        for options, extra in (((), ()), (("--plain-text",), ()), ((), ("--batch-format", "parquet"))):
            for input_file, queries in EXPECTED:
                with self.subTest(input=input_file.name, options=options, server=extra):
                    file = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "w.duckdb"
                    self.check(f"duckdb:{file}", input_file, queries, options, extra)

    @unittest.skipUnless(QUERY.exists(), "tendril_crash_query is not built")
    def test_history_goes_on_from_file_to_file(self):
        file = self.folder / "w.duckdb"
        for name in ("1_INIT", "2_UPSERT", "3_UPDATE", "4_DELETE"):
            self.check(f"duckdb:{file}", MORE / f"history_mode_{name}.json", {})
        self.check(f"duckdb:{file}", MISSING / "truncate_missing_table.json", {
            f"SELECT {CENTS.format('amount')}, {ACTIVE} FROM tester.transaction_history WHERE id = 10 "
            "AND _fivetran_start >= '2005-06-24' ORDER BY _fivetran_start": ["30000\t0", "40000\t0"]})

    def test_postgres_stores_what_the_inputs_mean(self):
        if shutil.which("psql") is None:
            self.skipTest("psql is not installed")
        with servers.postgres_server() as address:
            if not address:
                self.skipTest("PostgreSQL is not installed")
            for input_file, queries in EXPECTED:
                with self.subTest(input=input_file.name):
                    subprocess.run(["psql", address, "-q", "-c", "DROP SCHEMA IF EXISTS tester CASCADE"], check=True,
                                   capture_output=True)
                    self.check(address, input_file, queries)

    def python_server(self, configuration=None):
        destination = destination_server.Destination(configuration)
        server = destination_server.Server(destination)
        self.addCleanup(server.stop)
        return destination, f"127.0.0.1:{server.port}"

    def test_a_server_in_python_gets_the_same(self):
        destination, address = self.python_server()
        done = tester(address, PUBLIC / "input.json")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        versions = [(row["id"], row["_fivetran_active"], row["_fivetran_end"][:19], row["amount_double"])
                    for row in destination.rows("tester", "transaction")]
        self.assertEqual([("1", "false", "2005-05-23T20:57:59", "100.123456789"),
                          ("1", "false", "2023-10-30T14:59:59", "300.111"),
                          ("1", "false", "2023-10-30T16:30:00", "400.555"),
                          ("2", "false", "2023-10-30T16:00:00", "200.987654321")], sorted(versions))
        self.assertEqual([], destination.rows("tester", "campaign"))
        self.assertEqual({"true"}, {row["_fivetran_deleted"] for row in destination.rows("tester", "composite_table")})
        self.assertIn("describe_table transaction: id INT key", done.stdout)

    def test_says_what_a_server_does_not_support(self):
        _, address = self.python_server()
        done = tester(address, PUBLIC / "schema_migrations_input_dml.json")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn("copy_column transaction: the server does not support it", done.stdout)

    def test_fails_with_the_operation_that_failed(self):
        destination = destination_server.Destination()
        destination.CreateTable = lambda request, context: destination_server.wire.CreateTableResponse(success=True)
        server = destination_server.Server(destination)
        self.addCleanup(server.stop)
        done = tester(f"127.0.0.1:{server.port}", PUBLIC / "input.json")
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertIn("create_table transaction: the server describes no table transaction afterwards", done.stderr)

    def test_fails_when_the_configuration_is_refused(self):
        _, address = self.python_server({"password": "hunter2hunter2"})
        done = tester(address, PUBLIC / "input.json")
        self.assertEqual(1, done.returncode, done.stderr)
        self.assertIn('test "configuration" of', done.stderr)

    def test_names_what_is_wrong_with_an_input(self):
        _, address = self.python_server()
        table = {"t": {"columns": {"id": "INT"}, "primary_key": ["id"]}}
        for content, words in (({"make_table": {}}, "make_table is no operation"),
                               ({"create_table": {"t": {"columns": {"id": "NUMBER"}}}}, "no type that is known: NUMBER"),
                               ({"create_table": table, "ops": [{"upsert": {"t": [{"id": "x"}]}}]},
                                "column t.id has a value that is no INT"),
                               ({"create_table": table, "ops": [{"upsert": {"t": [{"name": "x"}]}}]},
                                "column t.name is not in its table")):
            file = self.folder / "input.json"
            file.write_text(json.dumps(content))
            done = tester(address, file)
            self.assertEqual(2, done.returncode, done.stderr)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()
