#!/usr/bin/env python3
"""python/serve_project.py as a process of its own. A package and a grpc that do nothing stand for those of the project's
Python, so that neither need be installed.

usage: serve_project_test.py
"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / "python/serve_project.py"
ANSWER, FAILURE, HELLO = 5, 6, 11
PATIENCE = 60  # Seconds for the process to end; only one that hangs meets it.

GRPC = """
class Server:
    def __init__(self, *arguments, **options):
        print("made", arguments, options)

    def add_insecure_port(self, address):
        print("bound", address)
        return 4711

    def start(self):
        print("started")

    def wait_for_termination(self):
        print("waited")

server = Server
"""

PACKAGE = """
import grpc

class Connector:
    def __init__(self, text):
        self.text = text

    def run(self, port, configuration, state):
        print("run", self.text, configuration, state)
        server = grpc.server("workers", limit=1)
        print("told", server.add_insecure_port("[::]:50051"))
        server.start()
        return server
"""

PROJECT = """
import os
import sys
import beside
from fivetran_connector_sdk import Connector

open_ones = [name for name in os.environ if name.endswith("_FD")]
print("descriptors", open_ones)
print("argv", sys.argv == [os.path.abspath(__file__)])
connector = Connector(beside.TEXT)
"""


def frames_of(data):
    """Returns (kind, content) of each frame."""
    found = []
    while data:
        size, kind = struct.unpack_from("<IB", data)
        found.append((kind, json.loads(data[5:5 + size])))
        data = data[5 + size:]
    return found


class ServeProject(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="tendril-partner-")
        self.libraries = pathlib.Path(self._folder.name) / "libraries"
        self.project = pathlib.Path(self._folder.name) / "project"
        self.project.mkdir()
        self.libraries.mkdir()
        (self.libraries / "grpc.py").write_text(GRPC)
        (self.project / "connector.py").write_text(PROJECT)
        (self.project / "beside.py").write_text('TEXT = "of beside"\n')

    def tearDown(self):
        self._folder.cleanup()

    def install(self, version):
        """Puts the package where the process finds it."""
        (self.libraries / "fivetran_connector_sdk.py").write_text(PACKAGE)
        record = self.libraries / f"fivetran_connector_sdk-{version}.dist-info"
        record.mkdir()
        (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: fivetran-connector-sdk\nVersion: {version}\n")

    def serve(self, **environment):
        """Runs the script to its end; returns its frames and what the process was."""
        order = {"project": str(self.project), "configuration": {"key": "value"}, "state": {"cursor": 1}}
        orders, frames = os.pipe(), os.pipe()
        os.write(orders[1], json.dumps(order).encode() + b"\n")
        os.close(orders[1])
        # -S: without what is installed here.
        ended = subprocess.run([sys.executable, "-S", "-B", str(SCRIPT)], capture_output=True, text=True, timeout=PATIENCE,
                               check=False, pass_fds=(orders[0], frames[1]), env={
                                   "PYTHONPATH": str(self.libraries), "TENDRIL_ORDERS_FD": str(orders[0]),
                                   "TENDRIL_FRAMES_FD": str(frames[1]), **environment})
        os.close(orders[0])
        os.close(frames[1])
        with os.fdopen(frames[0], "rb") as reader:
            found = frames_of(reader.read())
        self.assertEqual(found[0], (HELLO, {"protocol": 1, "kit": "fivetran-connector-sdk"}), ended.stderr)
        return found[1:], ended

    def assert_refused(self, *texts):
        (frame,), ended = self.serve()
        self.assertEqual((frame[0], ended.returncode), (FAILURE, 0), ended.stderr)
        for text in texts:
            self.assertIn(text, frame[1]["message"])
        self.assertNotIn("started", ended.stdout)
        return ended

    def assert_served(self, frames, ended):
        self.assertEqual((frames, ended.returncode), ([(ANSWER, {"port": 4711})], 0), ended.stderr)
        self.assertEqual(ended.stdout.splitlines(), [
            "descriptors []", "argv True", "run of beside {'key': 'value'} {'cursor': 1}",
            "made ('workers',) {'limit': 1}", "bound 127.0.0.1:0", "told 4711", "started", "waited"])

    def test_serves_on_loopback_and_says_where(self):
        self.install("2.13.1")
        self.assert_served(*self.serve())

    def test_leaves_paths_that_are_not_its_own(self):
        self.install("2.0.0")
        self.assert_served(*self.serve(PYTHONSAFEPATH="1"))

    def test_a_missing_package_is_told_of(self):
        self.assert_refused("does not have the package fivetran-connector-sdk", sys.executable)

    def test_the_package_beside_it_is_not_the_installed_one(self):
        record = self.libraries / "fivetran_connector_sdk-2.13.1.dist-info"
        record.mkdir()
        (record / "METADATA").write_text("Metadata-Version: 2.1\nName: fivetran-connector-sdk\nVersion: 2.13.1\n")
        self.assert_refused("No module named 'fivetran_connector_sdk'")

    def test_other_versions_are_refused(self):
        self.install("3.0.0")
        self.assert_refused("version 3.0.0 of fivetran-connector-sdk can not be used")

    def test_a_project_that_raises_is_told_of(self):
        self.install("2.13.1")
        (self.project / "connector.py").write_text('raise ValueError("of the project")\n')
        ended = self.assert_refused("connector.py can not be loaded: ValueError: of the project")
        self.assertIn("Traceback", ended.stderr)

    def test_a_project_without_a_connector_is_told_of(self):
        self.install("2.13.1")
        (self.project / "connector.py").write_text("other = 1\n")
        self.assert_refused("connector.py can not be loaded: ", "has no attribute 'connector'")


if __name__ == "__main__":
    unittest.main(verbosity=2)
