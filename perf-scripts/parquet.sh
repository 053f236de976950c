#!/usr/bin/env bash
# Parquet on one thread, next to DuckDB's writer and reader of the same rows, in turns in one run: parquet.sh [ROWS] [ROUNDS] [CODEC]
# DuckDB is the one of the tests' readers (tests/readers/README.md); without it its part is left out, and the script says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rows=${1:-1000000} rounds=${2:-3} codec=${3:-zstd}
binary=${K2I_BINARY:-$PWD/dist/k2i}
[[ -x $binary ]] || { echo "no $binary: ./build.sh publish" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export K2I_READERS=${K2I_READERS:-$PWD/.build/readers}
duckdb=''
[[ -d $K2I_READERS/node_modules/@duckdb/node-api ]] && command -v node >/dev/null && duckdb=yes
[[ -n $duckdb ]] || echo "DuckDB skipped: no node, or no readers in $K2I_READERS (tests/readers/README.md says how to install them)"

printf '%-7s %s\n' '' "round             rows/s  cpu ns/row  alloc B/row    B/row"
for ((round = 1; round <= rounds; round++)); do
  # Two rounds each, of which the second counts: the first one's memory comes from the kernel.
  "$binary" bench parquet --rows "$rows" --rounds 2 --codec "$codec" --file "$work/events.parquet" | awk 'NR > 1 && $1 == 2' | sed "s/^    2/    $round/; s/^/k2i     /"
  [[ -z $duckdb ]] || node perf-scripts/parquet-duckdb.mjs "$work/events.parquet" 2 "$codec" | awk '$1 == 2' | sed "s/^    2/    $round/; s/^/DuckDB  /"
done
