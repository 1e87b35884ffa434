"""Serves a project's connector through the gRPC mode of the installed package fivetran-connector-sdk, to the program that
started it.

Descriptors come in the environment, as for fivetran_connector_sdk._runner: TENDRIL_ORDERS_FD has one line, {"project",
"configuration", "state"}; to TENDRIL_FRAMES_FD go two frames: what this is, then an answer {"port"} or a failure {"message"}.
"""
import json
import os
import struct
import sys

ANSWER, FAILURE, HELLO = 5, 6, 11
PROTOCOL = 1
RELEASES = "2."  # Of the package: those whose licence allows this, and whose gRPC mode is known.


def take_descriptor(name):
    descriptor = int(os.environ.pop(name))
    os.set_inheritable(descriptor, False)
    return descriptor


class Link:
    def __init__(self):
        self._frames = take_descriptor("TENDRIL_FRAMES_FD")
        with os.fdopen(take_descriptor("TENDRIL_ORDERS_FD"), encoding="utf-8", closefd=False) as orders:
            self.order = json.loads(orders.readline())

    def send(self, kind, **content):
        payload = json.dumps(content).encode()
        os.write(self._frames, struct.pack("<IB", len(payload), kind) + payload)


class LoopbackServer:
    """A gRPC server that listens on loopback, at a port that is free, and says where when it has started."""

    def __init__(self, server, link):
        self._server, self._link, self._port = server, link, 0

    def __getattr__(self, name):
        return getattr(self._server, name)

    def add_insecure_port(self, _address):
        self._port = self._server.add_insecure_port("127.0.0.1:0")
        return self._port

    def start(self):
        self._server.start()
        self._link.send(ANSWER, port=self._port)


def checked_package():
    """Imports the package; returns what is wrong with it, or nothing."""
    import importlib.metadata
    try:
        version = importlib.metadata.version("fivetran-connector-sdk")
        import fivetran_connector_sdk  # noqa: F401
    except ImportError as missing:
        return (f"{sys.executable} does not have the package fivetran-connector-sdk ({missing}): install version 2 of it "
                f"there with {sys.executable} -m pip install 'fivetran-connector-sdk<3', or leave out --package")
    if not version.startswith(RELEASES):
        return f"version {version} of fivetran-connector-sdk can not be used, only versions 2: leave out --package"
    return ""


def main():
    beside = os.path.dirname(os.path.realpath(__file__))  # There is a package of the same name.
    sys.path[:] = [folder for folder in sys.path if os.path.realpath(folder) != beside]
    link = Link()
    link.send(HELLO, protocol=PROTOCOL, kit="fivetran-connector-sdk")
    fault = checked_package()
    if fault:
        link.send(FAILURE, message=fault)
        return
    import grpc
    project = link.order["project"]
    sys.path.insert(0, project)
    sys.argv = [os.path.join(project, "connector.py")]
    make_server = grpc.server
    grpc.server = lambda *arguments, **options: LoopbackServer(make_server(*arguments, **options), link)
    try:
        import connector
        served = connector.connector
    except Exception as raised:  # Whatever the project's own code raises.
        import traceback
        traceback.print_exc()
        link.send(FAILURE, message=f"connector.py can not be loaded: {type(raised).__name__}: {raised}")
        return
    server = served.run(port=0, configuration=link.order["configuration"], state=link.order["state"])
    if server is not None:
        server.wait_for_termination()


if __name__ == "__main__":
    main()
