#!/usr/bin/env bash
# Prints the Python to compare with: one that has the reference, of the version in requirements.txt. Uses that of the
# benchmarks where it is there, else installs one, by hashes, into tests/conformance/.venv. With "--goldens" any
# Python does that has PyYAML and Jinja2.
set -euo pipefail
cd "$(dirname "$0")/../.."

locked=tests/conformance/requirements.txt
version=$(sed -n 's/^airbyte-cdk==\([^ ]*\).*/\1/p' "$locked")
own=tests/conformance/.venv

has_reference() {
  [ -x "$1/bin/python" ] && "$1/bin/python" - "$version" <<'PY' 2>/dev/null
import importlib.metadata, sys
sys.exit(importlib.metadata.version("airbyte-cdk") != sys.argv[1])
PY
}

for word in "$@"; do
  if [ "$word" = --goldens ] && python3 -c 'import jinja2, yaml' 2>/dev/null; then
    echo python3
    exit
  fi
done
for folder in bench/.venv "$own"; do
  if has_reference "$folder"; then
    echo "$folder/bin/python"
    exit
  fi
done
echo "conformance: installing airbyte-cdk $version into $own" >&2
python3 -m venv "$own" >&2
"$own/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r "$locked" >&2
echo "$own/bin/python"
