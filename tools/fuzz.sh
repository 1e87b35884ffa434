#!/usr/bin/env bash
# tools/fuzz.sh NAME [--seconds N] [--keep]: builds the fuzzer NAME and runs it for so long. What it
# finds to be new stays in build/fuzz/corpus/; --keep puts the least of it that covers as much into the
# repository. An input that fails is left in build/fuzz/findings/, and its path printed. docs/fuzzing.md says more.
set -euo pipefail
cd "$(dirname "$0")/.."

known() { (cd fuzz && printf '%s\n' *_fuzz.cc | sed 's/_fuzz\.cc$//'); }
fail() {
  echo "fuzz: $1" >&2
  exit 2
}

name=
seconds=60
keep=no
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) [ $# -gt 1 ] || fail "--seconds needs a number" && seconds=$2 && shift ;;
    --keep) keep=yes ;;
    -*) fail "there is no option $1" ;;
    *) name=$1 ;;
  esac
  shift
done
[[ $seconds =~ ^[0-9]+$ ]] || fail "not a number of seconds: $seconds"
[ -n "$name" ] && [ -f "fuzz/${name}_fuzz.cc" ] || fail "name one of: $(known | tr '\n' ' ')"
command -v clang++-14 >/dev/null || fail "this needs clang: apt-get install clang-14 libclang-rt-14-dev"

tools/build.sh fuzz "${name}_fuzz"
program=build/fuzz/fuzz/${name}_fuzz
found=build/fuzz/corpus/$name
seeds=fuzz/corpus/$name
archive=fuzz/corpus/$name.tar.gz
findings=build/fuzz/findings/
mkdir -p "$found" "$findings" "$seeds"
[ ! -f "$archive" ] || tar -xzf "$archive" -C "$found"

limits=(-timeout=20 -rss_limit_mb=3072 -malloc_limit_mb=1024 "-artifact_prefix=$findings$name-")
[ ! -f "fuzz/$name.dict" ] || limits+=("-dict=fuzz/$name.dict")
size_max=4096
[ "$name" != manifest ] || size_max=16384

# Our own files of the kind are read too, but never written.
more=()
[ "$name" != manifest ] || more=(connectors bench/rest)

if [ "$seconds" -gt 0 ]; then
  "$program" "${limits[@]}" -max_len=$size_max -max_total_time="$seconds" -print_final_stats=1 -reload=0 \
    "$found" "$seeds" "${more[@]}"
fi

if [ $keep = yes ]; then
  least=build/fuzz/least/$name
  rm -rf "$least"
  mkdir -p "$least"
  # Only what goes beyond the seeds is kept.
  number=0
  while read -r file; do
    number=$((number + 1))
    cp "$file" "$least/seed-$number"
  done < <(find "$seeds" "${more[@]}" -type f)
  "$program" "${limits[@]}" -max_len=$size_max -merge=1 "$least" "$found" 2>&1 | tail -n 3
  find "$least" -name 'seed-*' -delete
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$least" -cf - . | gzip -9n >"$archive"
  echo "fuzz: $(find "$least" -type f | wc -l) inputs in $archive, $(wc -c <"$archive") bytes"
fi
