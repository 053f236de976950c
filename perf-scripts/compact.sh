#!/usr/bin/env bash
# Small files of one table put together, by k2i, by Iceberg Java's rewrite and by DuckDB's COPY of the same files, in turns in one run:
# compact.sh [ROWS] [ROWS PER FILE] [ROUNDS]. Java wrote them, and K2I_SHARED has it and K2I_PYTHON DuckDB. Seconds of all cores, stored input
# by second of a core, and most memory, starts included; the line "start" says what of Java's seconds that is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rows=${1:-4000000} each=${2:-100000} rounds=${3:-2}
binary=${K2I_BINARY:-$PWD/dist/k2i}
judge=${K2I_SHARED:-$PWD/../shared}/peers/iceberg/judge/judge
python=${K2I_PYTHON:-$PWD/.build/python}/bin/python
for needed in "$binary" "$judge" "$python"; do [[ -x $needed ]] || { echo "no $needed" >&2; exit 3; }; done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export JUDGE_HEAP=2g

table=$work/from/default/t
"$judge" op create "$table" --schema 'id long!, name string, amount double, at timestamptz, kind string, n int' \
  --prop write.parquet.compression-codec=zstd >/dev/null
"$judge" op append "$table" --rows "$rows" --seed 1 --per-file "$each" >/dev/null
bytes=$(find "$table" -name '*.parquet' -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
echo "$(find "$table" -name '*.parquet' | wc -l) files, $((bytes / 1000000)) MB; load $(cut -d' ' -f1-3 /proc/loadavg)"

# Its output goes nowhere, its cost onto one line.
measure() {
  local name=$1; shift
  /usr/bin/time -o "$work/cost" -f '%e %U %S %M' "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
  awk -v name="$name" -v bytes="$bytes" '{ cpu = $2 + $3
    printf "%-22s %6.1f s  cpu %6.1f s  %7.1f MB/s/core  %6.0f MB\n", name, $1, cpu, bytes / cpu / 1e6, $4 / 1e3 }' "$work/cost"
}

# Tables hold absolute paths: each turn begins with the table as it was, in its place.
for ((round = 1; round <= rounds; round++)); do
  cp -r "$work/from" "$work/kept"
  measure k2i "$binary" maintenance compact t -w "$work/from"
  rm -rf "$work/from"; cp -r "$work/kept" "$work/from"
  measure DuckDB "$python" -c "import duckdb; d = duckdb.connect(); d.execute('set threads = 1'); d.execute(\"\"\"copy (select * from
    read_parquet('$table/data/*.parquet')) to '$work/copy.parquet' (format parquet, compression zstd)\"\"\")"
  measure 'Iceberg Java' "$judge" op compact "$table"
  rm -rf "$work/from"; mv "$work/kept" "$work/from"
  measure 'Iceberg Java, start' "$judge" show "$table"
done
