#!/bin/sh
# Runs a test of this folder: run.sh PYTHON NAME_test.py
cd "$(dirname "$0")" || exit 1
if ! "$1" -c 'import google.protobuf, grpc' 2>/dev/null || ! command -v grpc_python_plugin >/dev/null; then
  echo "skipped: install python3-grpcio, python3-protobuf and protobuf-compiler-grpc"
  exit 77
fi
exec "$1" -B "$2"
