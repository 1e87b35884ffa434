#!/usr/bin/env bash
# tools/build.sh PRESET [TARGET...]: configures build/PRESET where that was not done yet, and builds
# the targets, or everything without any. Quiet unless something is wrong.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=$1
shift
tools/configure.sh "$preset"
ninja --quiet -j "$(nproc)" -C "build/$preset" "$@"
