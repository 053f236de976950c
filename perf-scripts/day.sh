#!/usr/bin/env bash
# A day of 10,000 records a second and a commit each 30 s, scaled down: as many commits of as many files, a rows' share of 1/SCALE each, a
# target of 1/SCALE of 512 MiB (1 MiB at least), and time FASTER times as fast, so that what is waited for in a day is waited for here too.
# Once with upkeep and once without, both at once on the same records. Then a scan that no file can answer, by Iceberg Java and DuckDB: it
# is planned and nothing is read. The readers' starts are in their seconds.
# usage: perf-scripts/day.sh [COMMITS, 2880] [SCALE, 600] [FASTER, 300]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
commits=${1:-2880} scale=${2:-600} faster=${3:-300}
shared=${K2I_SHARED:-$PWD/../shared}
binary=${K2I_BINARY:-$PWD/dist/k2i}
java=$shared/peers/iceberg/judge/judge
python=${K2I_PYTHON:-$PWD/.build/python}/bin/judge
for needed in "$binary" "$shared/peers/kafka/start" "$java" "$python"; do [[ -x $needed ]] || { echo "no $needed" >&2; exit 3; }; done

work=$(mktemp -d)
pids=()
end() {
  kill -9 "${pids[@]}" 2>/dev/null || true
  "$shared/peers/kafka/stop" "$work/kafka" --kill >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap end EXIT
brokers=$("$shared/peers/kafka/start" "$work/kafka" --port 0)
"$shared/peers/kafka/tool" topics --bootstrap-server "$brokers" --create --topic day --partitions 4 >/dev/null
rows=$((10000 * 30 / scale))
records=$((rows * commits))
interval=$((30000 / faster))
target=$((512 * 1024 / scale))
((target >= 1024)) || target=1024

start() {
  mkdir "$work/$1"
  cat >"$work/$1/k2i.ini" <<INI
[kafka]
brokers = $brokers
group = day-$1
instance_id = host-1
[iceberg]
warehouse = $work/$1/warehouse
[engine]
data_dir = $work/$1/data
memory = 64MiB
[flush]
interval = ${interval}ms
[maintenance]
maintenance = $1
every = ${interval}ms
settle = $((120000 / faster))ms
target_file_size = ${target}KiB
expire_after = $((86400 / faster))s
[http]
listen = 127.0.0.1:$2
[table.day]
topics = day
format = raw
INI
  "$binary" ingest --config "$work/$1/k2i.ini" 2>"$work/$1/log" &
  pids+=($!)
}

number() { grep -oE "\"$1\": ?[0-9.]+" | sed -n 1p | grep -oE '[0-9.]+$' || echo 0; }
committed() { "$binary" status --config "$work/$1/k2i.ini" --json 2>/dev/null | number rows_committed; }
seconds() { local from=$EPOCHREALTIME; "$@" >/dev/null; awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
start on 9481
start off 9482
"$shared/peers/kafka/tool" producer-perf-test --bootstrap-server "$brokers" --topic day --num-records "$records" --record-size 200 \
  --throughput $((rows * 1000 / interval)) >/dev/null
for which in on off; do
  until (($(committed $which) >= records)); do sleep 0.5; done
done
sleep $((2 * 120 / faster + 5))
for at in 0 1; do
  which=$( ((at == 0)) && echo on || echo off)
  peak=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/${pids[at]}/status")
  kill -TERM "${pids[at]}"; wait "${pids[at]}" || true
  table=$work/$which/warehouse/default/day
  shape=$("$binary" tables show day -w "$work/$which/warehouse" --json)
  newest=$(ls -t "$table"/metadata/*.metadata.json | sed -n 1p)
  echo "upkeep $which: $(grep -o '"manifest-list"' "$newest" | wc -l) snapshots, $(number data_files <<<"$shape") files of" \
    "$(($(number average_file_bytes <<<"$shape") / 1024)) KiB on average, written $(number write_amplification <<<"$shape") times," \
    "metadata file $(($(stat -c %s "$newest") / 1024)) KiB, peak memory $peak MB"
  for round in 1 2; do
    echo "  planned by Iceberg Java in $(seconds "$java" count "$table" --where '_kafka.offset < 0') s," \
      "by DuckDB in $(seconds "$python" read "$table" --engine duckdb --where '_kafka.offset < 0' --count) s"
  done
done
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
