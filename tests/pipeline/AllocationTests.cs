using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Ring;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

public sealed class AllocationTests
{
    private static readonly byte[] Event = """
        {"event_id":"12ae3023-7b17-df14-b78b-9f38a670e787","user_id":2507604,"event_type":"search","event_time":"2026-01-21T12:06:19.413Z","amount":42951.92,"country":"DE","mobile":true,"tags":["a","b"]}
        """u8.ToArray();

    private const string Columns = "event_id: string!, user_id: long, event_type: string, event_time: timestamptz, amount: decimal(10,2), country: string, mobile: boolean, tags: list<string>";

    [Fact]
    public void RecordsBecomeRowsWithoutManagedMemory()
    {
        var folder = Directory.CreateTempSubdirectory("k2i-alloc-").FullName;
        using var ring = new SegmentRing(64 << 20);
        using var letters = new NoLetters();
        var services = new EngineServices { Objects = new MemoryStore(), Catalog = new FileCatalog(new MemoryStore(), "memory:///w") };
        var options = new EngineOptions { Kafka = new() { Brokers = "" }, Iceberg = new() { Warehouse = "" }, DataDirectory = folder, Tables = [] };
        using var journal = TableJournal.Open(services, options, "t", NullLog.Instance);
        var sink = new RecordSink(ring, letters, journal, TombstonePolicy.DeadLetter, new TableCounters(), SystemClock.Instance);
        var schema = FieldIds.NewSchema([.. ColumnText.Parse(Columns), KafkaColumn.Field(0)]);
        sink.Use(new JsonDecoder(schema), new KafkaColumnWriter(schema));
        var source = new Source(0, "events", 0);
        source.StartAt(0);
        var headers = new HeaderCopy();
        var offset = 0L;
        void Take(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var record = new KafkaRecord(0, 0, offset++, 1_700_000_000_000, TimestampType.Create, "key"u8, true, Event, false);
                headers.Load(record.Headers);
                var input = new RecordInput(record.Value, record.IsTombstone)
                {
                    Key = record.Key,
                    KeyIsNull = !record.HasKey,
                    Topic = source.TopicUtf8,
                    Partition = record.Partition,
                    Offset = record.Offset,
                    TimestampMs = record.TimestampMs,
                    TimestampKind = (TimestampKind)record.TimestampType,
                    Headers = headers.Count > 0 ? headers : null,
                };
                if (sink.Take(in input, source) != TakeResult.Taken) Assert.Fail("the ring is full");
            }
        }
        var sync = new Thread(journal.RunSync) { IsBackground = true };
        sync.Start();
        Take(20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Take(100_000);
        // Sealing and opening a segment is per segment, not per record.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000);
        journal.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class NoLetters : DeadLetters
    {
        internal override long PendingBytes => 0;

        internal override bool Add(in RecordInput record, Source source, int segmentIndex, string error, string detail) => throw new InvalidOperationException(error);

        internal override void Commit(string flushId, long epoch, IReadOnlyList<int> segmentIndexes, IReadOnlyList<OffsetRange> ranges)
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
