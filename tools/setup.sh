#!/usr/bin/env bash
# Installs what the build needs, as tools/dependencies.lock names it: Debian packages, and Arrow and
# DuckDB into .deps/ where the system has none. Does nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

lock=tools/dependencies.lock
deps=.deps
stamp=$deps/lock.sha256
arrow_libraries=(arrow parquet arrow_s3)

locked() { awk -v kind="$1" '$1 == kind { $1 = ""; print substr($0, 2) }' "$lock"; }
say() { printf 'setup: %s\n' "$*"; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    say "these Debian packages are missing, and there is no apt-get here: ${missing[*]}"
    exit 1
  fi
  say "installing Debian packages: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
}

# A client that is there already is used as it is.
need_command() { command -v "$1" >/dev/null || install_packages "$2"; }

check_sum() {
  if ! echo "$2  $1" | sha256sum --check --status; then
    say "checksum of $1 is not the one in $lock: $(sha256sum "$1" | cut -d' ' -f1)"
    exit 1
  fi
}

# Prints the path of a package's file, fetched and checked.
fetch_npm() {
  local name=$1 version=$2 sum=$3 file
  file=$work/$(cd "$work" && npm pack --silent "$name@$version" 2>/dev/null | tail -n 1)
  check_sum "$file" "$sum"
  echo "$file"
}

fetch_wheel() {
  local name=$1 version=$2 sum=$3 file
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" \
    --only-binary=:all: --python-version 3.11 --platform manylinux_2_28_x86_64 \
    "$name==$version" >&2
  file=$(echo "$work/$name-$version"-*.whl)
  check_sum "$file" "$sum"
  echo "$file"
}

# Puts a file in its place at once, unless it is there already: who uses the old one keeps it, and what
# was built with it stays built.
put_file() {
  cmp -s "$1" "$2" && return
  cp "$1" "$2.new"
  mv "$2.new" "$2"
}

install_duckdb() {
  local name version sum file
  need_command npm npm
  while read -r name version sum; do
    say "installing $name $version"
    file=$(fetch_npm "$name" "$version" "$sum")
    mkdir -p "$deps/duckdb/lib" "$deps/duckdb/include"
    case $name in
      duckdb)
        tar -xzf "$file" -O package/src/duckdb/src/include/duckdb.h >"$work/duckdb.h"
        put_file "$work/duckdb.h" "$deps/duckdb/include/duckdb.h"
        tar -xzf "$file" -O package/LICENSE >"$work/LICENSE"
        put_file "$work/LICENSE" "$deps/duckdb/LICENSE"
        ;;
      *)
        tar -xzf "$file" -O package/libduckdb.so >"$work/libduckdb.so"
        put_file "$work/libduckdb.so" "$deps/duckdb/lib/libduckdb.so"
        ;;
    esac
  done < <(locked npm)
}

install_arrow() {
  local name version sum file library
  read -r name version sum < <(locked pip)
  python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
  say "installing Arrow C++ $version from the $name wheel"
  file=$(fetch_wheel "$name" "$version" "$sum")
  mkdir -p "$deps/arrow/lib"
  unzip -q -o "$file" 'pyarrow/include/*' 'pyarrow/lib*.so.*' '*.dist-info/licenses/*' -d "$work/wheel"
  if ! diff -rq "$work/wheel/pyarrow/include" "$deps/arrow/include" >/dev/null 2>&1; then
    rm -rf "$deps/arrow/include"
    cp -r "$work/wheel/pyarrow/include" "$deps/arrow/include"
  fi
  for file in "$work"/wheel/*.dist-info/licenses/{LICENSE,NOTICE}.txt; do
    put_file "$file" "$deps/arrow/$(basename "$file")"
  done
  for library in "${arrow_libraries[@]}"; do
    file=$(echo "$work/wheel/pyarrow/lib$library".so.*)
    put_file "$file" "$deps/arrow/lib/$(basename "$file")"
    ln -sf "$(basename "$file")" "$deps/arrow/lib/lib$library.so"
  done
}

# True when .deps/ holds all of what the lock names; one that an older setup made may lack a library.
is_complete() {
  local library licence
  [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] || return 1
  for library in "${arrow_libraries[@]}"; do
    [ -e "$deps/arrow/lib/lib$library.so" ] || return 1
  done
  for licence in arrow/LICENSE.txt arrow/NOTICE.txt duckdb/LICENSE; do
    [ -e "$deps/$licence" ] || return 1
  done
}

mapfile -t packages < <(locked apt)
install_packages "${packages[@]}"

sum=$(sha256sum "$lock" | cut -d' ' -f1)
if is_complete; then
  exit 0
fi
if [ "$(uname -m)" != x86_64 ]; then
  say "only x86_64 has pinned copies of Arrow and DuckDB; install both where CMake finds them"
  exit 0
fi
mkdir -p "$deps"
work=$(mktemp -d "$deps/setup.XXXXXX")
work=$(cd "$work" && pwd)
trap 'rm -rf "$work"' EXIT
install_duckdb
install_arrow
echo "$sum" >"$stamp"
say "done"
