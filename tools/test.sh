#!/usr/bin/env bash
# Runs the tests: everything with ASan and UBSan, then core and sync with TSan, then the style checks.
# With module names only those modules are built and tested, without TSan.
set -euo pipefail
cd "$(dirname "$0")/.."

jobs=$(nproc)
failed=0
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
# Arrow is not built with TSan: it is to be followed, not checked.
tsan_arrow=ignore_noninstrumented_modules=1:suppressions=$PWD/tools/tsan_suppressions.txt
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1:$tsan_arrow}

run() { "$@" || failed=1; }

if [ $# -gt 0 ]; then
  targets=("${@/#/tendril_}")
  tools/build.sh dev "${targets[@]/%/_test}"
  pattern=$(IFS='|'; echo "$*")
  exec ctest --test-dir build/dev --output-on-failure -j "$jobs" -L "^($pattern)\$"
fi

python3 tools/check_layers.py
python3 tools/check_style.py
python3 tools/check_events.py

tools/build.sh dev
tools/build.sh tsan tendril_core_test tendril_sync_test

for module in core sync; do
  echo "TSan: $module"
  run env ARROW_DEFAULT_MEMORY_POOL=system "build/tsan/src/$module/tendril_${module}_test" --gtest_brief=1
done
run ctest --test-dir build/dev --output-on-failure -j "$jobs"
exit $failed
