"""A destination of the partner protocol that keeps its tables in memory, as an author of one would write it from the
public description alone. It insists on what the protocol promises: all columns in files of replacements, each key
once in a call, tables that are created before they are written to."""
import threading
from concurrent import futures
from dataclasses import dataclass, field

import grpc

import batch_files
import messages
from batch_files import UNMODIFIED

common, _, _, wire, services = messages.load()

MESSAGE_BYTES_MAX = 128 * 1024 * 1024
OPEN_END = "9999-12-31T23:59:59.999Z"


class Refusal(Exception):
    """What the server does not do; its text is the task."""


@dataclass
class Table:
    columns: list  # Of the protocol's messages.
    rows: dict = field(default_factory=dict)  # By key.

    def key_columns(self):
        return [column.name for column in self.columns if column.primary_key]

    def key_of(self, row):
        return tuple(row[name] for name in self.key_columns())


def instant(text):
    """An instant that compares as it should: without its fraction's trailing zeros "…05Z" would come after "…05.1Z"."""
    seconds, _, fraction = text.rstrip("Z").partition(".")
    return seconds + "." + fraction.ljust(9, "0")


def before(text):
    """A millisecond earlier."""
    import datetime
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime.timedelta(milliseconds=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Destination(services.DestinationConnectorServicer):
    """Threads: safe to share."""

    def __init__(self, configuration=None):
        self.tables = {}  # By schema and name.
        self.calls = []   # Of what changes something: its name, schema and table.
        self.file_params = []
        self.configuration = configuration or {}
        self._lock = threading.RLock()

    def rows(self, schema, name):
        with self._lock:
            table = self.tables.get((schema, name))
            return [] if table is None else [dict(row) for row in table.rows.values()]

    def table_names(self, schema):
        with self._lock:
            return sorted(name for of, name in self.tables if of == schema)

    def ConfigurationForm(self, request, context):
        return common.ConfigurationFormResponse(tests=[common.ConfigurationTest(name="configuration", label="All there")])

    def Test(self, request, context):
        wrong = dict(request.configuration) != self.configuration
        return common.TestResponse(failure="another configuration") if wrong else common.TestResponse(success=True)

    def Capabilities(self, request, context):
        return wire.CapabilitiesResponse(batch_file_format=wire.CSV)

    def DescribeTable(self, request, context):
        with self._lock:
            table = self.tables.get((request.schema_name, request.table_name))
            if table is None:
                return wire.DescribeTableResponse(not_found=True)
            return wire.DescribeTableResponse(table=common.Table(name=request.table_name, columns=table.columns))

    def CreateTable(self, request, context):
        return self._answer(wire.CreateTableResponse, "CreateTable", request, request.table.name, self._create)

    def AlterTable(self, request, context):
        return self._answer(wire.AlterTableResponse, "AlterTable", request, request.table.name, self._alter)

    def Truncate(self, request, context):
        return self._answer(wire.TruncateResponse, "Truncate", request, request.table_name, self._truncate)

    def WriteBatch(self, request, context):
        return self._answer(wire.WriteBatchResponse, "WriteBatch", request, request.table.name, self._write)

    def WriteHistoryBatch(self, request, context):
        return self._answer(wire.WriteBatchResponse, "WriteHistoryBatch", request, request.table.name, self._write_history)

    def Migrate(self, request, context):
        return wire.MigrateResponse(unsupported=True)

    def _answer(self, response, call, request, name, work):
        with self._lock:
            self.calls.append((call, request.schema_name, name))
            try:
                if dict(request.configuration) != self.configuration:
                    raise Refusal("another configuration")
                work(request, (request.schema_name, name))
                return response(success=True)
            except Refusal as refusal:
                return response(task=common.Task(message=str(refusal)))

    def _create(self, request, name):
        if name in self.tables:
            raise Refusal(f"table is there already: {name}")
        self.tables[name] = Table(list(request.table.columns))

    def _alter(self, request, name):
        wanted = {column.name: column for column in request.table.columns}
        table = self.tables[name]
        kept = [common.Column(name=column.name, type=column.type, params=column.params) for column in table.columns
                if column.name not in wanted and not request.drop_columns]  # A key is what the request says.
        added = wanted.keys() - {column.name for column in table.columns}
        table.columns = list(request.table.columns) + kept
        table.rows = {table.key_of(row | dict.fromkeys(added)): row | dict.fromkeys(added) for row in table.rows.values()}

    def _truncate(self, request, name):
        table = self.tables.get(name)
        if table is None:
            return
        # The protocol's instants have milliseconds.
        limit = instant(request.utc_delete_before.ToJsonString())
        old = [key for key, row in table.rows.items() if instant(row[request.synced_column]) < limit]
        for key in old:
            if request.HasField("soft"):
                table.rows[key][request.soft.deleted_column] = "true"
            else:
                del table.rows[key]

    def _files(self, request, files, keys_seen=None):
        params = batch_files.Params(wire.Compression.Name(request.file_params.compression),
                                    wire.Encryption.Name(request.file_params.encryption),
                                    request.file_params.null_string, request.file_params.unmodified_string)
        self.file_params.append(params)
        for file in files:
            yield from batch_files.rows(file, request.keys[file], params)

    def _table_of(self, request, name):
        if name not in self.tables:
            raise Refusal(f"there is no such table: {name}")
        table = self.tables[name]
        names = [column.name for column in table.columns]
        missing = [column.name for column in request.table.columns if column.name not in names]
        if missing:
            raise Refusal(f"table {name} has no columns {missing}")
        return table

    def _write(self, request, name):
        table = self._table_of(request, name)
        seen = set()

        def once(rows):
            for row in rows:
                if table.key_of(row) in seen:
                    raise Refusal(f"key comes twice in a call: {name} {table.key_of(row)}")
                seen.add(table.key_of(row))
                yield row

        for row in once(self._files(request, request.replace_files)):
            if set(row) != {column.name for column in request.table.columns} or UNMODIFIED in row.values():
                raise Refusal(f"a replacement is not a whole row of {name}: {sorted(row)}")
            table.rows[table.key_of(row)] = dict.fromkeys(column.name for column in table.columns) | row
        for row in once(self._files(request, request.update_files)):
            present = table.rows.get(table.key_of(row))
            if present is not None:
                present.update({column: value for column, value in row.items() if value is not UNMODIFIED})
        for row in once(self._files(request, request.delete_files)):
            table.rows.pop(table.key_of(row), None)

    def _write_history(self, request, name):
        table = self._table_of(request, name)
        columns = [column for column in table.key_columns() if column != "_fivetran_start"]

        def of_key(row):
            wanted = tuple(row[column] for column in columns)
            return [(key, each) for key, each in table.rows.items()
                    if tuple(each[column] for column in columns) == wanted]

        last_active = {}
        for first in self._files(request, request.earliest_start_files):
            for key, row in of_key(first):
                if instant(row["_fivetran_start"]) >= instant(first["_fivetran_start"]):
                    del table.rows[key]
                elif row["_fivetran_active"] == "true":
                    last_active[tuple(first[column] for column in columns)] = dict(row)
                    row |= {"_fivetran_active": "false", "_fivetran_end": before(first["_fivetran_start"])}
        for row in self._files(request, request.replace_files):
            table.rows[table.key_of(row)] = row
        for row in self._files(request, request.update_files):
            present = last_active.get(tuple(row[column] for column in columns))
            if present is not None:
                row = {column: present[column] if value is UNMODIFIED else value for column, value in row.items()}
                table.rows[table.key_of(row)] = row
        for row in self._files(request, request.delete_files):
            for _, present in of_key(row):
                if present["_fivetran_active"] == "true":
                    present |= {"_fivetran_active": "false", "_fivetran_end": row["_fivetran_end"]}


class Server:
    """Serves a destination at a port of its own until stop()."""

    def __init__(self, destination):
        options = [("grpc.max_receive_message_length", MESSAGE_BYTES_MAX), ("grpc.so_reuseport", 0)]
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=options)
        services.add_DestinationConnectorServicer_to_server(destination, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def stop(self):
        self._server.stop(grace=1).wait()
