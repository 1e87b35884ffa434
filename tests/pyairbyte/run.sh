#!/usr/bin/env bash
# Reads our sandbox through PyAirbyte, from our program as its connector; see read.py.
# usage: tests/pyairbyte/run.sh TENDRIL [--install] [--records N]
# With --install PyAirbyte is installed first, by hashes, into tests/pyairbyte/.venv; without it and
# without PyAirbyte there, nothing is done and the exit status is 77: skipped.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
tendril=$(realpath "$1")
shift
venv=$root/tests/pyairbyte/.venv
if [ "${1:-}" = --install ]; then
  shift
  if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import airbyte' 2>/dev/null; then
    echo "pyairbyte: installing it into tests/pyairbyte/.venv" >&2
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
      -r "$root/tests/pyairbyte/requirements.txt"
  fi
fi
if [ ! -x "$venv/bin/python" ]; then
  echo "pyairbyte: skipped, since it is not installed: ./dev conformance pyairbyte installs it"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" # It keeps files of its own where it is started.
TENDRIL_CATALOGUE=$root/connectors "$venv/bin/python" "$root/tests/pyairbyte/read.py" "$tendril" "$folder" "$@"
