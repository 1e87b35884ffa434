"""The partner protocol for Python clients and servers, generated from our own .proto files."""
import importlib
import pathlib
import subprocess
import sys
import tempfile

PROTOS = pathlib.Path(__file__).resolve().parent.parent.parent / "src/bridges/partner/proto"
NAMES = ("common", "connector_sdk", "destination_sdk")


def load():
    """Returns the modules common_pb2, connector_sdk_pb2, connector_sdk_pb2_grpc, destination_sdk_pb2 and
    destination_sdk_pb2_grpc."""
    folder = tempfile.mkdtemp(prefix="partner-messages-")
    plugin = subprocess.run(["which", "grpc_python_plugin"], check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run(["protoc", f"-I{PROTOS}", f"--python_out={folder}", f"--grpc_python_out={folder}",
                    f"--plugin=protoc-gen-grpc_python={plugin}", *(f"{name}.proto" for name in NAMES)], check=True)
    sys.path.insert(0, folder)
    return [importlib.import_module(name) for name in
            ("common_pb2", "connector_sdk_pb2", "connector_sdk_pb2_grpc", "destination_sdk_pb2",
             "destination_sdk_pb2_grpc")]
