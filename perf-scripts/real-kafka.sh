#!/usr/bin/env bash
# Measures ingest end to end against a real Kafka on this machine, next to bare consumers of the same topic in the same run.
# usage: perf-scripts/real-kafka.sh [RECORDS] [ARGS of k2i bench ingest…]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
records=${1:-2000000}
(($#)) && shift
shared=${K2I_SHARED:-$PWD/../shared}
binary=${K2I_BINARY:-$PWD/dist/k2i}
[[ -x $binary ]] || { echo "no $binary: ./build.sh publish" >&2; exit 3; }
[[ -x $shared/peers/kafka/start ]] || { echo "no Kafka in $shared/peers (K2I_SHARED)" >&2; exit 3; }

work=$(mktemp -d)
trap '"$shared/peers/kafka/stop" "$work/kafka" --kill >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
brokers=$("$shared/peers/kafka/start" "$work/kafka" --port 0)

"$binary" bench ingest --brokers "$brokers" --records "$records" --dir "$work/warehouse" "$@"
# The same topic with the usual .NET client, on the JIT; it brings its own librdkafka.
dotnet run --project bench -c Release -- confluent "$brokers" k2i_bench
