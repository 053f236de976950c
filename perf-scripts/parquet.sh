#!/usr/bin/env bash
# Parquet on one thread, next to others' writers and readers of the same rows, in turns in one run: parquet.sh [ROWS] [ROUNDS] [CODEC]
# The others: DuckDB, one of the tests' readers (tests/readers/README.md), and ParquetSharp, which is Arrow C++, from bench. Where one is not there,
# its part is left out, and the script says so. "k2i of …" is k2i's reader on the file that the other one wrote.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rows=${1:-1000000} rounds=${2:-3} codec=${3:-zstd}
binary=${K2I_BINARY:-$PWD/dist/k2i}
[[ -x $binary ]] || { echo "no $binary: ./build.sh publish" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
file=$work/events.parquet

export K2I_READERS=${K2I_READERS:-$PWD/.build/readers}
duckdb='' sharp=''
[[ -d $K2I_READERS/node_modules/@duckdb/node-api ]] && command -v node >/dev/null && duckdb=yes
[[ -n $duckdb ]] || echo "DuckDB skipped: no node, or no readers in $K2I_READERS (tests/readers/README.md says how to install them)"
dotnet build bench -c Release --nologo -v q >/dev/null && sharp=yes
[[ -n $sharp ]] || echo "ParquetSharp skipped: bench does not build"

# Lines of the second round of two, under a name and the number of this round: the first one's memory comes from the kernel.
second() { awk '$1 == 2' | sed "s/^    2/    $round/; s/^/$(printf '%-20s' "$1")/"; }
ours() { "$binary" bench parquet --rows "$rows" --rounds 2 --codec "$codec" "$@"; }

printf '%-20s%s\n' '' "round             rows/s  cpu ns/row  alloc B/row    B/row"
for ((round = 1; round <= rounds; round++)); do
  ours --file "$file" | second k2i
  if [[ -n $duckdb ]]; then
    node perf-scripts/parquet-duckdb.mjs "$file" 2 "$codec" | second DuckDB
    ours --read "$file.duckdb" | grep decode | second 'k2i of DuckDB'
  fi
  if [[ -n $sharp ]]; then
    dotnet run --no-build --project bench -c Release -- parquet-sharp "$file" "$file.sharp" 2 "$codec" | second ParquetSharp
    ours --read "$file.sharp" | grep decode | second 'k2i of ParquetSharp'
  fi
done
