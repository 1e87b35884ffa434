#!/usr/bin/env python3
"""Asks the MIT package what it puts on the wire for each of our projects, and keeps that as wire.json.

usage: tests/fivetran/wire.sh [--check] [NAME...]
       wire.py --project DIR --answer FILE [--python PATH]    for foreign.py: one project, without a case

Each project is served by serve.py in a process of its own, through the package's gRPC mode, and read by a client made
from our own .proto files. A run gets the state that expected.json has after the run before it.
With --check nothing is written; a golden that would change fails. With --python the project is served by that Python,
with the package of this environment on its path.
"""
import argparse
import contextlib
import hashlib
import importlib
import importlib.metadata
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import grpc
from grpc_tools import protoc

import case as cases
import execution
import operations

HERE = pathlib.Path(__file__).resolve().parent
PROTOS = HERE.parent.parent / "src/bridges/partner/proto"
START_SECONDS, RUN_SECONDS = 30, 90
PACKAGES = str(pathlib.Path(grpc.__file__).parent.parent)
RANKS = {"schema": 0, "checkpoint": 2}  # In golden runs whose operations come in any order; others are 1.
DEBUG_VARIABLES = {"FIVETRAN_CONNECTION_ID": "test_connection_id", "FIVETRAN_CONNECTION_NAME": "test_connection_name",
                   "FIVETRAN_DEPLOYMENT_MODEL": "local_debug", "FIVETRAN_GROUP_ID": "test_group_id"}
PYTHON = "TENDRIL_WIRE_PYTHON"  # Names the Python that serves a project; not passed on.
SERVICE = "/fivetran_sdk.v2.SourceConnector/"


EXCEPTION = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt)\b.*$", re.M)


class RunFailed(Exception):
    """The connector failed; the message is what the package or its process said."""


def raised(output):
    """Returns the last exception that a process printed: its stack would name places of this machine."""
    return (EXCEPTION.findall(output) or ["it ended"])[-1]


def told(message):
    """Returns a warning or task as the connector wrote it; the package wraps both in JSON."""
    try:
        return json.loads(message)
    except ValueError:
        return {"message": message}


def generated(folder):
    """Compiles our .proto files into `folder` and returns the module of messages."""
    arguments = ["protoc", f"-I{PROTOS}", f"-I{pathlib.Path(protoc.__file__).parent / '_proto'}",
                 f"--python_out={folder}", "common.proto", "connector_sdk.proto"]
    if protoc.main(arguments):
        sys.exit("wire: our .proto files do not compile")
    sys.path.insert(0, str(folder))
    return importlib.import_module("connector_sdk_pb2")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def configuration_of(run, project):
    """Returns the configuration of a run as the package would be given it."""
    if "configuration_text" in run:
        return json.loads(run["configuration_text"])
    if "configuration" in run:
        return run["configuration"]
    own = project / "configuration.json"
    return json.loads(own.read_text()) if own.exists() else {}


@contextlib.contextmanager
def served(project, given, variables):
    """Serves a project; yields a channel to it."""
    port = free_port()
    output = project.parent / "served.txt"
    python = variables.pop(PYTHON, sys.executable)
    with open(output, "wb") as log:
        process = subprocess.Popen([python, str(HERE / "serve.py"), str(project), str(port)], cwd=project, env=variables,
                                   stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
                                   start_new_session=True)
    try:
        process.stdin.write(json.dumps(given).encode())
        process.stdin.close()
        deadline = time.monotonic() + START_SECONDS
        while not listens(port):  # A channel that finds nobody waits longer and longer before it tries again.
            if process.poll() is not None or time.monotonic() > deadline:
                raise RunFailed(f"not served: {raised(output.read_text(errors='replace'))}")
            time.sleep(0.05)
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", -1)])
        yield channel
        channel.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def column_line(column, messages):
    kind = messages.common__pb2.DataType.Name(column.type)
    line = {"name": column.name, "type": kind, "primary_key": column.primary_key}
    if column.HasField("params") and column.params.HasField("decimal"):
        line.update({"precision": column.params.decimal.precision, "scale": column.params.decimal.scale})
    return line


def schema_line(response, messages):
    if response.WhichOneof("response") == "schema_response_not_supported":
        return {"op": "schema", "tables": None}
    tables = [table_line(table, messages) for table in response.without_schema.tables]
    for schema in response.with_schema.schemas:
        tables += [table_line(table, messages, schema.name) for table in schema.tables]
    return {"op": "schema", "tables": tables}


def full_name(table, schema):
    """Returns what a table goes by in lines of operations: its schema and a dot before it, where it has one."""
    return f"{schema}.{table}" if schema else table


def table_line(table, messages, schema=""):
    return {"name": full_name(table.name, schema), "columns": [column_line(column, messages) for column in table.columns]}


def record_line(record, messages):
    kind = messages.common__pb2.RecordType.Name(record.type).lower()
    line = {"op": kind, "table": full_name(record.table_name, record.schema_name)}
    if kind != "truncate":
        line["values"] = {name: operations.typed(record.data[name]) for name in sorted(record.data)}
    return line


class Lines:
    """Collects the lines of an update."""

    def __init__(self, messages):
        self.lines = []
        self._messages = messages
        self._files = {}

    def add(self, response):
        kind = response.WhichOneof("operation")
        if kind == "record":
            self.lines.append(record_line(response.record, self._messages))
        elif kind == "records":
            self.lines += [record_line(record, self._messages) for record in response.records.records]
        elif kind == "checkpoint":
            self.lines.append({"op": "checkpoint", "state": json.loads(response.checkpoint.state_json)})
        elif kind in ("warning", "task"):
            self.lines.append({"op": kind, **told(getattr(response, kind).message)})
        elif kind == "truncate":
            self.lines.append({"op": "truncate", "table": full_name(response.truncate.table_name,
                                                                     response.truncate.schema_name)})
        elif kind == "unstructured_record":
            self._add_piece(response.unstructured_record)
        else:
            raise RunFailed(f"an operation of an unknown kind: {kind}")

    def _add_piece(self, piece):
        content = self._files.setdefault(piece.file_path, bytearray())
        content += piece.chunk_data
        if piece.is_last:
            digest = hashlib.sha256(self._files.pop(piece.file_path)).hexdigest()
            self.lines.append({"op": "file", "path": piece.file_path, "bytes": len(content), "sha256": digest})


def call(channel, name, types, request, many=False):
    kind = channel.unary_stream if many else channel.unary_unary
    method = kind(SERVICE + name, request_serializer=types[0].SerializeToString, response_deserializer=types[1].FromString)
    return method(request, timeout=RUN_SECONDS)


def record_run(project, run, state, messages):
    """Runs a project once; returns the golden of the run."""
    collected, outcome, error = Lines(messages), "success", ""
    try:
        configuration = configuration_of(run, project)
        state = run.get("state", state)
        variables = execution.environment(run, "")
        variables["TZ"] = "UTC"
        variables["PYTHONPATH"] = PACKAGES  # Ours goes by the name of the package.
        with served(project, {"configuration": configuration, "state": state}, variables) as channel:
            schema = call(channel, "Schema", (messages.SchemaRequest, messages.SchemaResponse),
                          messages.SchemaRequest(configuration=configuration))
            collected.lines.append(schema_line(schema, messages))
            request = messages.UpdateRequest(configuration=configuration, state_json=json.dumps(state))
            for response in call(channel, "Update", (messages.UpdateRequest, messages.UpdateResponse), request, True):
                collected.add(response)
        tasks = [line["message"] for line in collected.lines if line["op"] == "task"]
        outcome, error = ("failure", tasks[0]) if tasks else (outcome, error)
    except grpc.RpcError as fault:
        outcome, error = "failure", f"{fault.code().name}: {fault.details()}"
    except (RunFailed, TypeError, ValueError) as fault:
        outcome, error = "failure", str(fault)
    error = error.replace(str(project), "PROJECT").splitlines()
    return {"outcome": outcome, "error": error[0] if error else "", "operations": collected.lines}


def record(case, messages):
    with tempfile.TemporaryDirectory(prefix="tendril-wire-") as name:
        project = execution.fresh_copy(case.folder, pathlib.Path(name))
        state, runs = {}, []
        for run, expected in zip(case.runs, case.expected):
            runs.append(record_run(project, run, state, messages))
            state = expected["state"] if expected else state
    if case.wire_unordered:  # One order of many, so that the golden stays the same.
        for run in runs:
            run["operations"].sort(key=lambda line: (RANKS.get(line["op"], 1), operations.canonical_operation(line)))
    return {"package": importlib.metadata.version("fivetran-connector-sdk"), "runs": runs}


def record_foreign(options):
    """Writes the run of one project that has no case."""
    with tempfile.TemporaryDirectory(prefix="tendril-proto-") as folder:
        run = {"environment": {**DEBUG_VARIABLES, **({PYTHON: options.python} if options.python else {})}}
        answer = record_run(options.project.resolve(), run, {}, generated(pathlib.Path(folder)))
    options.answer.write_text(json.dumps(answer))
    return 0


def as_text(golden):
    """Writes a golden with an operation a line, so that a change shows as such."""
    runs = []
    for run in golden["runs"]:
        lines = ",\n    ".join(json.dumps(line) for line in run["operations"])
        runs.append(f'  {{"outcome": {json.dumps(run["outcome"])}, "error": {json.dumps(run["error"])}, "operations": [\n'
                    f'    {lines}]}}')
    return f'{{"package": {json.dumps(golden["package"])}, "runs": [\n' + ",\n".join(runs) + "]}\n"


def main():
    parser = argparse.ArgumentParser(prog="tests/fivetran/wire.sh")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--project", type=pathlib.Path)
    parser.add_argument("--answer", type=pathlib.Path)
    parser.add_argument("--python")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that what is served ends too.
    if options.project:
        return record_foreign(options)
    changed = 0
    with tempfile.TemporaryDirectory(prefix="tendril-proto-") as folder:
        messages = generated(pathlib.Path(folder))
        for path in cases.projects(HERE / "projects", options.names):
            case = cases.load(path)
            if not case.wire:
                print(f"none {case.name}")
                continue
            text = as_text(record(case, messages))
            same = case.golden.exists() and case.golden.read_text() == text
            changed += not same
            if not options.check:
                case.golden.write_text(text)
            print(f"{'same' if same else 'new '} {case.name}", flush=True)
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
