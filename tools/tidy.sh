#!/usr/bin/env bash
# tools/tidy.sh [FILE...]: clang-tidy over these sources, or over all of src/ but the tests. Prints
# what each finding is, then one line with the verdict.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/configure.sh dev
if [ $# -gt 0 ]; then
  sources=("$@")
else
  mapfile -t sources < <(git ls-files 'src/*.cc' ':!*_test.cc')
fi

# GCC's -Wshadow=local is unknown to clang. The count of warnings in system headers is no news.
failed=0
printf '%s\0' "${sources[@]}" |
  xargs -0 -P "$(nproc)" -n 1 nice clang-tidy-14 -p build/dev --quiet \
    --extra-arg=-Wno-unknown-warning-option 2> >(grep -v ' warnings\? generated\.$' >&2) || failed=1

if [ $failed = 1 ]; then
  echo "clang-tidy has findings"
  exit 1
fi
echo "clang-tidy has no findings in ${#sources[@]} files"
