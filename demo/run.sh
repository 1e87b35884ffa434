#!/usr/bin/env bash
# A real sync from end to end: a simulated GitHub with 50,000 issues and their comments, read into DuckDB, changed, and read
# again incrementally. Needs no network and no account.
set -euo pipefail
cd "$(dirname "$0")/.."

tendril=build/release/tendril
query=build/release/tendril_demo_query
work=demo/work
warehouse=demo/warehouse.duckdb
records=${1:-50000}

ninja --quiet -C build/release tendril_demo_query tendril_demo_imposter
rm -rf "$work" "$warehouse" "$warehouse".*
mkdir -p "$work"
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait' EXIT

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

wait_for() {  # file
  local tries
  for tries in $(seq 200); do
    [ -s "$1" ] && return 0
    sleep 0.05
  done
  echo "demo: $1 did not appear" >&2
  return 1
}

sync_github() {
  "$tendril" sync github --config "$work/github.json" --to "duckdb:$warehouse" "$@"
}

mutate() {  # kind count
  local rows
  rows=$("$tendril" sandbox github mutate "$1" "$2" --address-file "$work/address" | wc -l)
  echo "$1: $rows rows"
}

step "A simulated GitHub with $records issues and their comments"
"$tendril" sandbox github --port 0 --records "$records" --seed 1 --limit core=off \
  --write-config "$work/github.json" --address-file "$work/address" >"$work/sandbox.log" 2>&1 &
pids+=($!)
wait_for "$work/github.json" || { cat "$work/sandbox.log" >&2; exit 1; }
"$tendril" check github --config "$work/github.json"

step "First sync: everything"
sync_github

step "Three questions to the warehouse"
"$query" "$warehouse" \
  "SELECT state, count(*) AS issues, max(comments) AS most_comments FROM issues GROUP BY state ORDER BY state" \
  "SELECT r.name AS repository, count(*) AS comments FROM comments c JOIN repositories r ON c.url LIKE r.url || '/%' GROUP BY ALL ORDER BY comments DESC, repository LIMIT 5" \
  "SELECT year(created_at::TIMESTAMP) AS year, count(*) AS issues FROM issues GROUP BY ALL ORDER BY year"

step "The vendor's data changes: 300 inserted, 200 updated, 100 deleted"
mutate insert 300
mutate update 200
mutate delete 100

step "Second sync: only what changed"
sync_github
"$query" "$warehouse" \
  "SELECT count(*) AS issues, max(updated_at)::TIMESTAMP::VARCHAR AS newest, count(*) FILTER (_tendril_deleted) AS marked_deleted FROM issues"

manifest=../shared/manifests/source-beamer/manifest.yaml
if [ -f "$manifest" ]; then
  step "Somebody else's low-code manifest, unchanged, against an imposter of its API"
  mkfifo "$work/open"
  build/release/tendril_demo_imposter <"$work/open" >"$work/imposter" &
  pids+=($!)
  exec 9>"$work/open"
  wait_for "$work/imposter"
  "$tendril" sync "$manifest" --to "duckdb:$work/beamer.duckdb" --set api_key=demo-key \
    --set start_date=2024-01-01T00:00:00Z --rewrite-origin "https://api.getbeamer.com=$(cat "$work/imposter")"
  exec 9>&-
fi
printf '\nThe warehouse is %s.\n' "$warehouse"
