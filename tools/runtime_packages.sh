#!/usr/bin/env bash
# tools/runtime_packages.sh PROGRAM: prints the Debian packages that have the libraries which the program names, but for
# those that are bundled beside it (in ../lib), and what it looks for at run time.
set -euo pipefail

program=$1
bundled=$(cd "$(dirname "$program")" && pwd)/../lib
known=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p)
packages='ca-certificates tzdata'
for library in $(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
  [ -e "$bundled/$library" ] && continue
  file=$(awk -v name="$library" '$1 == name && !found { found = 1; print $NF }' <<<"$known")
  [ -n "$file" ] || { echo "runtime_packages: no package has $library" >&2 && exit 1; }
  file=$(realpath "$file")
  # Packages may still name what /usr has by its older path.
  owner=$(dpkg-query -S "$file" 2>/dev/null || dpkg-query -S "${file#/usr}")
  packages+=" ${owner%%:*}"
done
tr ' ' '\n' <<<"$packages" | sort -u
