#!/usr/bin/env bash
# Writes the goldens of the wire again; see wire.py. Installs the MIT package, by hashes, into tests/fivetran/.venv.
# usage: tests/fivetran/wire.sh [--check] [NAME...]
set -euo pipefail
cd "$(dirname "$0")"

version=$(sed -n 's/^fivetran-connector-sdk==\([^ ]*\).*/\1/p' requirements.txt)
if ! .venv/bin/python - "$version" <<'PY' 2>/dev/null; then
import importlib.metadata, sys
sys.exit(importlib.metadata.version("fivetran-connector-sdk") != sys.argv[1])
PY
  echo "wire: installing fivetran-connector-sdk $version into tests/fivetran/.venv" >&2
  python3 -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    -r requirements.txt
fi
exec .venv/bin/python wire.py "$@"
