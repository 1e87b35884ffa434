#!/usr/bin/env bash
# Installs a server that speaks S3, for the tests of lakes in buckets, into tests/s3/.venv, by hashes. Without it
# those tests are skipped. Prints its Python.
set -euo pipefail
cd "$(dirname "$0")/../.."

locked=tests/s3/requirements.txt
own=tests/s3/.venv
version=$(sed -n 's/^moto==\([^ ]*\).*/\1/p' "$locked")

if ! "$own/bin/python" -c "import importlib.metadata as m, sys; sys.exit(m.version('moto') != '$version')" 2>/dev/null; then
  echo "s3: installing moto $version into $own" >&2
  rm -rf "$own"
  python3 -m venv "$own" >&2
  "$own/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r "$locked" >&2
fi
echo "$own/bin/python"
