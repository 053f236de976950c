#!/usr/bin/env bash
# What the binary costs before it does anything: size, start to exit, start to ready and resident memory while idle.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
binary=${K2I_BINARY:-$PWD/dist/k2i}
[[ -x $binary ]] || { echo "no $binary: ./build.sh publish" >&2; exit 3; }
work=$(mktemp -d)
trap 'kill "${pid:-}" 2>/dev/null || true; rm -rf "$work"' EXIT

now_ms() { echo $(($(date +%s%N) / 1000000)); }
size=$(stat -c %s "$binary")

best=999999
for _ in 1 2 3 4 5; do
  from=$(now_ms)
  "$binary" version >/dev/null
  took=$(($(now_ms) - from))
  ((took < best)) && best=$took
done

# A broker that is not there: ready to answer, with nothing to read.
port=$((20000 + RANDOM % 20000))
printf '[kafka]\nbrokers = 127.0.0.1:1\n[iceberg]\nwarehouse = %s\n[http]\nlisten = 127.0.0.1:%s\n[engine]\ndata_dir = %s\n[table.events]\ntopics = events\ncolumns = "id: long"\n' \
  "$work/warehouse" "$port" "$work/data" >"$work/k2i.ini"
from=$(now_ms)
"$binary" ingest --config "$work/k2i.ini" 2>"$work/log" &
pid=$!
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
  kill -0 "$pid" || { cat "$work/log"; exit 1; }
  sleep 0.002
done
answers=$(($(now_ms) - from))
sleep 2
rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")

printf 'binary %.1f MB · version in %s ms · answers HTTP after %s ms · idle RSS %.1f MB\n' \
  "$(awk "BEGIN { print $size / 1e6 }")" "$best" "$answers" "$(awk "BEGIN { print $rss / 1e3 }")"
