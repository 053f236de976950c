using System.Collections.Immutable;
using System.Text;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Ring;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

/// <summary>A table's ingest side without Kafka and without threads: records are offered one by one.</summary>
internal sealed class IntakeWorld : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("k2i-intake-").FullName;
    private readonly TableStoreFactory factory;
    private readonly TableJournal journal;
    private readonly Thread sync;

    internal IntakeWorld(TableOptions table, ICatalog? catalog = null, long ringBytes = 4 << 20)
    {
        var options = new EngineOptions { Kafka = new() { Brokers = "" }, Iceberg = new() { Warehouse = "memory://store/w" }, DataDirectory = folder, Tables = [table] };
        var objects = new MemoryStore();
        Catalog = catalog ?? new FileCatalog(objects, "memory://store/w");
        var services = new EngineServices { Objects = objects, Catalog = Catalog };
        factory = new(options, services, null, Log);
        Store = factory.Open(table, MemoryShares.Of(8 << 20), [], Counters);
        journal = TableJournal.Open(services, options, table.Name, Log);
        sync = new(journal.RunSync) { IsBackground = true };
        sync.Start();
        Ring = new(ringBytes);
        Sink = new(Ring, Letters, journal, table.TombstonePolicy, Counters, SystemClock.Instance);
        Schema = new(Store, table, Sink, journal, Log, SystemClock.Instance);
        Intake = new(Sink, Schema, table);
        if (Schema.IsReady) Schema.Begin();
    }

    internal ICatalog Catalog { get; }

    internal TableStore Store { get; }

    internal SegmentRing Ring { get; }

    internal RecordSink Sink { get; }

    internal SchemaKeeper Schema { get; }

    internal Intake Intake { get; }

    internal TableCounters Counters { get; } = new();

    internal CollectingLog Log { get; } = new();

    internal ListedLetters Letters { get; } = new();

    internal Source Partition(int number, long start = 0)
    {
        var source = new Source(number, "t", number);
        source.StartAt(new(start));
        return source;
    }

    /// <summary>The next record of a partition; what <see cref="Intake.Offer"/> says.</summary>
    internal bool Offer(Source source, string json) => Offer(source, Encoding.UTF8.GetBytes(json));

    internal bool Offer(Source source, ReadOnlySpan<byte> json)
    {
        var record = new KafkaRecord(0, source.Partition, source.NextOffset, 1_700_000_000_000, TimestampType.Create, "key"u8, true, json, false);
        source.NextOffset = record.Offset.Next;
        return Intake.Offer(in record, source);
    }

    public void Dispose()
    {
        Ring.Dispose();
        journal.Dispose();
        sync.Join();
        factory.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Dead letters as lines: <c>partition/offset error: detail</c>.</summary>
    internal sealed class ListedLetters : DeadLetters
    {
        internal List<string> Lines { get; } = [];

        internal override long PendingBytes => 0;

        internal override bool Add(in RecordInput record, Source source, int segmentIndex, string error, string detail)
        {
            Lines.Add($"{source.Partition}/{record.Offset} {error}: {detail}");
            return true;
        }

        internal override void Keep(string flushId, long epoch, IReadOnlyList<int> segmentIndexes, IReadOnlyList<OffsetRange> ranges)
        {
        }

        internal override void Clear(int segmentIndex)
        {
        }

        public override void Dispose()
        {
        }
    }
}
