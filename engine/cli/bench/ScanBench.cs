using System.Buffers;
using System.Collections.Immutable;
using K2I.Base;
using K2I.Cli.Demo;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Query;
using K2I.Ring;
using K2I.Storage;

namespace K2I.Cli.Bench;

/// <summary>
/// Queries over rows in memory alone: the demo's events in segments, counted by filters and encoded in each form, by one thread.
/// </summary>
internal sealed class ScanBench(ScanBenchOptions options, TextWriter output)
{
    private const ulong Seed = 42;
    private const long StartUnixMs = 1_764_547_200_000;
    private const long PoolBytes = 4L << 30;
    private const long SegmentBytes = 16 << 20;

    private static readonly ImmutableArray<string> Filters =
    [
        "user_id = 12345", "user_id < 100", "mobile = true", "event_type = 'refund'", "country in ('DE', 'FR') and mobile = false",
        "amount > 499", "page like '/p%'", "session_id is null", "event_id = 'nobody'",
    ];

    private readonly List<ScanBenchRow> rows = [];

    internal void Run()
    {
        using var table = new MemoryTable(options.Rows);
        var limits = new QueryLimits
        {
            MemoryBytes = 256 << 20,
            MaxRows = long.MaxValue,
            MaxBytes = long.MaxValue,
            TimeoutMs = int.MaxValue,
            Concurrency = 1,
        };
        using var queries = new TableQueries(table, table.Store, limits, SystemClock.Instance);
        var question = new ScanQuestion { Table = MemoryTable.Name };
        foreach (var filter in options.Filters.IsEmpty ? Filters : options.Filters)
            Measure(queries, filter, question with { Where = filter }, _ => new CountedRows());
        if (options.Filters.IsEmpty) MeasureOutput(queries, question);
        if (options.Json) ScanBenchRow.PrintJson(rows, output);
        else ScanBenchRow.PrintTable(rows, output);
    }

    private void MeasureOutput(TableQueries queries, ScanQuestion question)
    {
        var first = question with { Order = OrderBy.Parse("amount desc"), Limit = 100 };
        Measure(queries, "the first 100 by amount", first, _ => new CountedRows());
        Measure(queries, "arrow, all", question, b => new ArrowRows(b));
        Measure(queries, "arrow, mobile = true", question with { Where = "mobile = true" }, b => new ArrowRows(b));
        Measure(queries, "ndjson, all", question, b => new NdjsonRows(b));
        Measure(queries, "csv, all", question, b => new CsvRows(b));
    }

    private void Measure(TableQueries queries, string what, ScanQuestion question, Func<IBufferWriter<byte>, RowOutput> make)
    {
        ScanBenchRow? best = null;
        var buffer = new ArrayBufferWriter<byte>(4 << 20);
        for (var round = 0; round < options.Rounds; round++)
        {
            var before = Usage.Now();
            using var rows = make(buffer);
            using (var stream = queries.Scan(question, CancellationToken.None))
                while (stream.TryWrite(rows)) buffer.ResetWrittenCount();
            buffer.ResetWrittenCount();
            var after = Usage.Now();
            var seconds = after.Seconds(before);
            if (best is not null && best.Ms <= seconds * 1000) continue;
            best = new(
                what, rows is CountedRows counted ? counted.Count : null, seconds * 1000, options.Rows / seconds, rows.Bytes / seconds,
                rows.Bytes == 0 ? 0 : after.CpuSeconds(before) / rows.Bytes * 1e9, after.AllocatedBytes - before.AllocatedBytes);
        }
        rows.Add(best!);
    }

    /// <summary>Counts rows.</summary>
    private sealed class CountedRows() : RowOutput(new ArrayBufferWriter<byte>())
    {
        internal long Count { get; private set; }

        public override void Begin(Schema schema)
        {
        }

        public override int Write(Batch batch, ReadOnlySpan<Ordinal> rows, int maxBytes)
        {
            Count += rows.Length;
            return rows.Length;
        }

        public override void End()
        {
        }
    }

    /// <summary>A table without files.</summary>
    private sealed class MemoryTable : IReadViews, IDisposable
    {
        private readonly SegmentPool pool = new(PoolBytes);
        private readonly List<Segment> segments = [];
        private readonly Table cold;

        internal MemoryTable(int rows)
        {
            var schema = FieldIds.NewSchema(ColumnText.Parse(EventGenerator.Columns));
            cold = new FileCatalog(Store, Store.Root).Create(TableIdent.Parse(Name), new TableCreation { Schema = schema });
            var account = pool.Open();
            var decoder = new JsonDecoder(cold.Metadata.CurrentSchema);
            var events = new EventGenerator(Seed, StartUnixMs);
            for (long number = 0; number < rows;)
            {
                var segment = account.TryOpen(cold.Metadata.CurrentSchema, SegmentBytes);
                Check.That(segment is not null);
                segments.Add(segment);
                for (; number < rows; number++)
                {
                    events.Make(number);
                    Check.That(decoder.Decode(new RecordInput(events.Value), segment.Rows) == DecodeStatus.Ok);
                    if (!segment.Rows.EndRow()) break;
                }
                segment.Seal();
            }
        }

        internal static string Name => "bench.events";

        internal MemoryStore Store { get; } = new();

        public IReadOnlyList<string> Tables => [Name];

        public ReadView Open(string table) => new(
            cold, [.. segments.Select(s => new HotRows(0, s, s.PublishedRows, []))], [], OffsetVector.Empty, false,
            [.. segments.Select(s => s.TryLease(out var lease) ? lease : throw new InvalidOperationException("a segment is gone"))]);

        public OffsetVector OffsetsOf(string table) => OffsetVector.Empty;

        public long MomentOf(string table) => 0;

        public IKeyLookup? KeysOf(string table) => null;

        public void Dispose() => pool.Dispose();
    }
}
