#!/usr/bin/env bash
# tools/configure.sh PRESET: configures build/PRESET where that was not done yet.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=$1
log=build/$preset.configure.log
[ ! -f "build/$preset/build.ninja" ] || exit 0
mkdir -p build
cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
