#!/usr/bin/env python3
"""Serves one connector project through the gRPC mode of the MIT package, on 127.0.0.1.

usage: serve.py PROJECT PORT, with {"configuration": ..., "state": ...} on stdin

Runs in the package's environment, as a child of wire.py, and ends when that kills it.
"""
import importlib
import json
import os
import sys


def main():
    project, port = sys.argv[1], int(sys.argv[2])
    given = json.load(sys.stdin)
    os.chdir(project)
    sys.path.insert(0, project)
    connector = importlib.import_module("connector").connector
    server = connector.run(port=port, configuration=given["configuration"], state=given["state"])
    server.wait_for_termination()


if __name__ == "__main__":
    main()
