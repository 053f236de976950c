#!/usr/bin/env bash
# Measures how long a killed process takes to have its rows back from the log: from its start, and of that the replay itself.
# usage: perf-scripts/recovery.sh [MEBIBYTES of records, 1024]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mebibytes=${1:-1024}
record=200 patience=600
records=$((mebibytes * 1048576 / record))
shared=${K2I_SHARED:-$PWD/../shared}
binary=${K2I_BINARY:-$PWD/dist/k2i}
[[ -x $binary ]] || { echo "no $binary: ./build.sh publish" >&2; exit 3; }
[[ -x $shared/peers/kafka/start ]] || { echo "no Kafka in $shared/peers (K2I_SHARED)" >&2; exit 3; }

work=$(mktemp -d)
pid=
trap '[[ -z $pid ]] || kill -9 "$pid" 2>/dev/null || true; "$shared/peers/kafka/stop" "$work/kafka" --kill >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
brokers=$("$shared/peers/kafka/start" "$work/kafka" --port 0)
"$shared/peers/kafka/tool" topics --bootstrap-server "$brokers" --create --topic recovery --partitions 4 >/dev/null
# Nothing is flushed: all of it has to come back from the log.
cat >"$work/k2i.ini" <<INI
[kafka]
brokers = $brokers
instance_id = host-1
[iceberg]
warehouse = $work/warehouse
[engine]
data_dir = $work/data
memory = $((mebibytes * 6 + 256))MiB
[flush]
interval = 10h
bytes = 64GiB
rows = 1000000000
[http]
listen = 127.0.0.1:9479
[table.recovery]
topics = recovery
format = raw
kafka_column = false
INI

start() {
  "$binary" ingest --config "$work/k2i.ini" 2>>"$work/log" &
  pid=$!
}

rows() { "$binary" status --config "$work/k2i.ini" --json 2>/dev/null | grep -oE '"rows": ?[0-9]+' | head -1 | grep -oE '[0-9]+' || true; }

wait_for_rows() {
  local until=$((SECONDS + patience))
  while [[ $(rows) -lt $records ]]; do
    ((SECONDS < until)) || { echo "only $(rows) of $records rows after $patience s" >&2; tail -5 "$work/log" >&2; exit 1; }
    sleep 0.1
  done
}

start
"$shared/peers/kafka/tool" producer-perf-test --bootstrap-server "$brokers" --topic recovery --num-records "$records" --record-size $record --throughput -1 >/dev/null
wait_for_rows
sleep 1
{ kill -9 "$pid"; wait "$pid"; } 2>/dev/null || true
: >"$work/log"
began=$(date +%s%N)
start
wait_for_rows
echo "$records records, $(du -sm "$work/data/wal" | cut -f1) MiB of log: all rows are back $((($(date +%s%N) - began) / 1000000)) ms after the start"
grep -o 'the log is replayed.*' "$work/log"
