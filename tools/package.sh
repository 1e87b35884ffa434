#!/usr/bin/env bash
# tools/package.sh: what was built as release, installed into a folder and packed: build/tendril-VERSION-SYSTEM.tar.gz.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/build.sh release tendril
version=$(build/release/tendril version | awk '{ print $2 }')
name=tendril-$version-linux-$(uname -m)
rm -rf "build/package/$name"
cmake --install build/release --strip --prefix "build/package/$name" >/dev/null
tar -C build/package --owner=0 --group=0 -czf "build/$name.tar.gz" "$name"
rm -rf "build/package/$name"
(cd build && sha256sum "$name.tar.gz")
