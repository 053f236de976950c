using System.Buffers.Text;
using System.Diagnostics;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using K2I.Base;
using K2I.Columns;
using K2I.Memory;
using K2I.Ring;

namespace K2I.Cli.Bench;

/// <summary>
/// The key index, measured as a lane uses it: rows are written to segments, published in batches, and added. Keys are UUIDs, as a column of
/// their type and as text of 36 bytes. Times of the writer are CPU of its thread, without what writes the rows, and without what the sync
/// worker does for it meanwhile, which is told beside it.
/// </summary>
internal sealed class IndexBench(IndexBenchOptions options, TextWriter output)
{
    internal const int BatchRows = 256;
    private const int Lookups = 1_000_000, ScanRows = 1_000_000, KeyBytes = 16;

    private static readonly double NsPerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>What is measured of the clock itself: it is a call of the kernel.</summary>
    private static readonly long ClockNs = Enumerable.Range(0, 1000).Min(_ => -Posix.ThreadCpuNs() + Posix.ThreadCpuNs());

    internal void Run()
    {
        List<IndexBenchRow> rows = [];
        foreach (var type in (ReadOnlySpan<PrimitiveType>)[PrimitiveType.Uuid, PrimitiveType.String])
            foreach (var keys in options.Keys) rows.Add(new Fill(type, keys).Measure(options.Rounds));
        if (options.Json) IndexBenchRow.PrintJson(rows, output);
        else IndexBenchRow.PrintTable(rows, output);
    }

    private static long CpuSince(long begun) => Posix.ThreadCpuNs() - begun - ClockNs;

    /// <summary>One index of one kind of key, and the segments behind it.</summary>
    private sealed class Fill(PrimitiveType type, int keys)
    {
        private readonly Schema schema = Schema.Of(new Field(1, "id", type, true));
        private readonly Queue<Segment> segments = [];
        private Segment? open;
        private long prepareNs;

        internal IndexBenchRow Measure(int rounds)
        {
            var calls = new long[(keys + BatchRows - 1) / BatchRows];
            Array.Fill(calls, long.MaxValue);
            IndexBenchRow? row = null;
            for (var round = 0; round < rounds; round++)
            {
                using var pool = new SegmentPool(Math.Max(1L << 30, 250L * keys));
                using var account = pool.Open();
                using var budget = new IndexBudget(Math.Max(64L << 20, 100L * keys), hashSeed: 1);
                using var index = new KeyIndex(budget, KeyColumns.Of(schema, "id"));
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                prepareNs = 0;
                Prepare(budget);
                for (var i = 0; i < calls.Length; i++)
                {
                    calls[i] = Math.Min(calls[i], Add(account, index, i * BatchRows, BatchRows));
                    Prepare(budget);
                }
                allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
                if (round == rounds - 1) row = Finish(account, budget, index, calls, allocated);
                Forget();
            }
            return row!;
        }

        private IndexBenchRow Finish(PoolAccount account, IndexBudget budget, KeyIndex index, long[] calls, long allocated)
        {
            Check.That(index.IsComplete && index.Entries >= keys);
            var bytesPerKey = budget.HeldBytes / (double)keys;
            var prepared = prepareNs / (double)keys;
            var (find, miss) = (Find(index, 0), Find(index, keys * 4));
            long replace = 0, turn = 0;
            var random = new Random(1);
            const int batches = 4_000;
            for (var i = 0; i < batches; i++) replace += Add(account, index, random.Next(keys), BatchRows, stride: 7919);
            var turned = 0;
            for (; turned < 2 * keys; turned += BatchRows)
            {
                var old = segments.Count;
                turn += Add(account, index, keys + turned, BatchRows);
                // One segment goes for each that comes.
                if (segments.Count > old) segments.Dequeue().Discard();
                var begun = Posix.ThreadCpuNs();
                index.Sweep();
                turn += CpuSince(begun);
                Prepare(budget);
            }
            return new()
            {
                Key = $"{type} {(type == PrimitiveType.Uuid ? KeyBytes : 36)} B",
                Keys = keys,
                FloorNs = Floor((long)(bytesPerKey * keys)),
                AddNs = calls.Sum() / (double)keys,
                PrepareNs = prepared,
                ReplaceNs = replace / (double)(batches * BatchRows),
                TurnNs = turn / (double)turned,
                BytesPerKey = bytesPerKey,
                LongestUs = calls.Max() / 1e3,
                FindP50Ns = find[find.Length / 2] * NsPerTick,
                FindP99Ns = find[find.Length / 100 * 99] * NsPerTick,
                FindP999Ns = find[find.Length / 1000 * 999] * NsPerTick,
                MissP50Ns = miss[miss.Length / 2] * NsPerTick,
                ScanUs = Scan(index.Columns),
                AllocatedBytes = allocated / (double)keys,
            };
        }

        /// <summary>The CPU time, in ns, of adding so many rows that were written and published just before.</summary>
        private long Add(PoolAccount account, KeyIndex index, int first, int count, int stride = 1)
        {
            Span<byte> key = stackalloc byte[36];
            long ns = 0;
            for (var i = 0; i < count;)
            {
                if (open is null)
                {
                    open = account.TryOpen(schema, SegmentClasses.Largest)
                        ?? throw new EngineException(ErrorKind.Full, "no memory for rows");
                    segments.Enqueue(open);
                }
                var from = open.PublishedRows;
                var column = open.Rows.Column(0);
                var full = false;
                for (; i < count && !full; i++)
                {
                    var length = KeyOf(stride == 1 ? first + i : (int)(((long)first + ((long)i * stride)) % keys), key);
                    if (type == PrimitiveType.Uuid) column.AppendFixed(key[..length]);
                    else column.AppendBytes(key[..length]);
                    full = !open.Rows.EndRow();
                    if (full) i--;
                }
                open.Publish();
                var begun = Posix.ThreadCpuNs();
                index.Add(open, from, open.PublishedRows);
                ns += CpuSince(begun);
                if (!full) break;
                open.Seal();
                open = null;
            }
            return ns;
        }

        /// <summary>What the sync worker does for the index, as often as it does at a hundred thousand rows a second.</summary>
        private void Prepare(IndexBudget budget)
        {
            var begun = Posix.ThreadCpuNs();
            budget.Prepare();
            prepareNs += CpuSince(begun);
        }

        /// <summary>Times of single lookups, in order.</summary>
        private long[] Find(KeyIndex index, int beyond)
        {
            var random = new Random(2);
            var times = new long[Lookups];
            var key = new byte[sizeof(int) + 36];
            for (var i = 0; i < times.Length; i++)
            {
                var length = KeyOf(beyond + random.Next(keys), key.AsSpan(sizeof(int)));
                MemoryMarshal.Write(key, length);
                var begun = Stopwatch.GetTimestamp();
                var found = index.TryFind(key.AsSpan(0, sizeof(int) + length), out var lease, out _);
                lease.Dispose();
                times[i] = Stopwatch.GetTimestamp() - begun;
                Check.That(found == (beyond == 0));
            }
            Array.Sort(times);
            return times;
        }

        private double Floor(long bytes)
        {
            const int run = 32, lineBytes = 64;
            using var memory = NativeBuffer.Reserve(MemoryTag.Scratch, bytes);
            memory.Populate(0, memory.Capacity);
            var length = (int)Math.Min(int.MaxValue / lineBytes * lineBytes, memory.Capacity);
            var lines = MemoryMarshal.Cast<byte, ulong>(memory.Slice(0, length));
            var rows = segments.Peek().View();
            var hashes = new ulong[run];
            var best = long.MaxValue;
            for (var round = 0; round < 3; round++)
            {
                var begun = Posix.ThreadCpuNs();
                for (var at = 0; at + run <= rows.Rows; at += run)
                {
                    for (var i = 0; i < run; i++)
                    {
                        var hash = XxHash3.HashToUInt64(rows.Columns[0].Bytes(at + i), round);
                        hashes[i] = (hash >> 32) * (ulong)(lines.Length / 8) >> 32 << 3;
                        if (Sse.IsSupported) Prefetch(ref lines[(int)hashes[i]]);
                    }
                    foreach (var line in hashes) lines[(int)line]++;
                }
                best = Math.Min(best, CpuSince(begun));
            }
            return best / (double)(rows.Rows / run * run);

            static unsafe void Prefetch(ref ulong line) => Sse.Prefetch0(Unsafe.AsPointer(ref line));
        }

        private double Scan(KeyColumns columns)
        {
            var rows = segments.Peek().View(Math.Min(ScanRows, segments.Peek().PublishedRows));
            Check.That(columns.TryParse([Guid.Empty.ToString()], out var key, out _));
            var best = long.MaxValue;
            for (var i = 0; i < 20; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                Check.That(KeyScan.FindLast(columns, rows, key) is null);
                best = Math.Min(best, Stopwatch.GetTimestamp() - begun);
            }
            return best * NsPerTick / 1e3 * ScanRows / rows.Rows;
        }

        /// <summary>A number's key: random to look at, the same each time.</summary>
        private int KeyOf(int number, Span<byte> key)
        {
            var (high, low) = (Mix((ulong)number + 1), Mix(~(ulong)number));
            if (type == PrimitiveType.Uuid)
            {
                MemoryMarshal.Write(key, high);
                MemoryMarshal.Write(key[sizeof(ulong)..], low);
                return KeyBytes;
            }
            Span<ulong> halves = [high, low];
            Check.That(Utf8Formatter.TryFormat(new Guid(MemoryMarshal.AsBytes(halves)), key, out var length));
            return length;
        }

        private static ulong Mix(ulong x)
        {
            x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
            x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
            return x ^ (x >> 31);
        }

        private void Forget()
        {
            open = null;
            foreach (var segment in segments) segment.Discard();
            segments.Clear();
        }
    }
}
