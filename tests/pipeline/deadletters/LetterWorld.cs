using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

/// <summary>A catalog in memory, sources, and the dead letters of one session after another.</summary>
internal sealed class LetterWorld : IDisposable
{
    private readonly ParquetBuffers buffers = new();
    private readonly List<DeadLetters> sessions = [];

    internal LetterWorld()
    {
        Store = new();
        Files = new(Store, Store.Root + "/warehouse");
        Catalog = new(Files);
        Sources = [.. Enumerable.Range(0, 3).Select(p => new Source(p, "orders", p) { TopicId = "id-1" })];
    }

    internal static TableIdent Ident { get; } = TableIdent.Parse("shop.orders");

    internal MemoryStore Store { get; }

    internal FileCatalog Files { get; }

    internal HookedCatalog Catalog { get; }

    internal Source[] Sources { get; set; }

    internal FakeProducer Producer { get; } = new();

    internal CollectingLog Log { get; } = new();

    internal Dictionary<(string Topic, int Partition), Offset> Accepted { get; } = [];

    internal DeadLetters Open(DeadLetterPolicy policy = DeadLetterPolicy.Table, ICatalog? catalog = null)
    {
        var letters = DeadLetterFactory.Create(new() { Name = "shop.orders", Topics = ["orders"], DeadLetterPolicy = policy }, new()
        {
            Table = Ident,
            Catalog = catalog ?? Catalog,
            Objects = Store,
            ParquetBuffers = buffers,
            FormatVersion = 2,
            Kafka = new() { Brokers = "localhost:1" },
            OpenProducer = _ => Producer,
            Log = Log,
            Clock = new FakeClock(),
            Random = SystemRandom.Instance,
            Accepted = Accepted,
        });
        sessions.Add(letters);
        return letters;
    }

    /// <summary>Adds letters of one partition to a segment.</summary>
    internal void Add(DeadLetters to, int segment, int partition, params long[] offsets)
    {
        foreach (var offset in offsets) Assert.True(Add(to, segment, partition, offset, Encoding.UTF8.GetBytes($"value-{offset}")));
    }

    internal bool Add(DeadLetters to, int segment, int partition, long offset, byte[] value)
    {
        var source = Sources[partition];
        var record =
            new RecordInput(value)
            {
                Topic = source.TopicUtf8,
                Partition = partition,
                Offset = new(offset),
                TimestampMs = 1_700_000_000_000 + offset,
                TimestampKind = TimestampKind.CreateTime
            };
        return Add(to, segment, in record, source, "InvalidJson", $"at byte {offset}");
    }

    /// <summary>Adds a letter to the first segment.</summary>
    internal void Add(DeadLetters to, in RecordInput record, Source source, string error, string detail) =>
        Assert.True(Add(to, 0, in record, source, error, detail));

    private static bool Add(DeadLetters to, int segment, in RecordInput record, Source source, string error, string detail)
    {
        var buffers = LettersBySegment.BuffersOf(to);
        var letters = buffers.GetValueOrDefault(segment);
        var isTaken = to.Add(in record, source, ref letters, error, detail);
        if (letters is not null) buffers[segment] = letters;
        return isTaken;
    }

    internal OffsetRange Range(int partition, long from, long next) => new(Sources[partition], new(from), new(next));

    /// <summary>Every letter in the table as <c>partition:offset</c>, sorted, doubles included.</summary>
    internal string[] Rows() => [.. Scan(DeadLetterTable.Partition, DeadLetterTable.Offset).Select(r => $"{r.GetProperty("partition")}:{r.GetProperty("offset")}").Order(StringComparer.Ordinal)];

    internal List<System.Text.Json.JsonElement> Scan(params string[] columns)
    {
        var rows = new List<System.Text.Json.JsonElement>();
        if (Files.TryLoad(DeadLetterTable.IdentFor(Ident)) is not { } table) return rows;
        var json = new RowJson();
        using var reader = new TableScan(table, Store, new() { Columns = [.. columns] }).Read();
        while (reader.TryRead(out var batch))
        {
            for (var i = 0; i < batch.Rows; i++)
            {
                json.Clear();
                json.AppendLine(batch.Batch, batch.Ordinal(i));
                rows.Add(System.Text.Json.JsonDocument.Parse(json.Written.ToArray()).RootElement);
            }
        }
        return rows;
    }

    /// <summary>Data files in the store that no snapshot names.</summary>
    internal int Orphans()
    {
        var table = Files.Load(DeadLetterTable.IdentFor(Ident));
        var named = table.Metadata.Snapshots.SelectMany(s => new TableScan(table, Store, new() { SnapshotId = s.SnapshotId }).Plan()).Select(t => t.Data.File.FilePath).ToHashSet();
        return Store.List(table.Metadata.Location + "/data/").Count(o => !named.Contains(o.Location));
    }

    public void Dispose()
    {
        foreach (var session in sessions) session.Dispose();
        buffers.Dispose();
    }

    /// <summary>Time that passes by being waited for.</summary>
    /// <summary>A catalog whose commits can be interfered with.</summary>
    internal sealed class HookedCatalog(ICatalog inner) : ICatalog
    {
        /// <summary>Called before each commit reaches the catalog; may throw.</summary>
        internal Action? BeforeCommit { get; set; }

        /// <summary>So many commits are applied, and then their answers are lost.</summary>
        internal int LoseAnswers { get; set; }

        /// <summary>Loads fail: the catalog is away.</summary>
        internal bool Away { get; set; }

        public Table Load(TableIdent ident) => TryLoad(ident) ?? throw new EngineException(ErrorKind.NotFound, $"no table {ident}");

        public Table? TryLoad(TableIdent ident) => Away ? throw new EngineException(ErrorKind.Unavailable, "the catalog is away") : inner.TryLoad(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
        {
            var before = BeforeCommit;
            BeforeCommit = null;
            before?.Invoke();
            var outcome = inner.Commit(current, updates, requirements);
            if (LoseAnswers == 0) return outcome;
            LoseAnswers--;
            if (LoseAnswers == 0) Away = true;
            return new CommitOutcome.Unknown(new(ErrorKind.Unknown, "the answer was lost"));
        }

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }

    /// <summary>Keeps what it is given; fails what it is told to.</summary>
    internal sealed class FakeProducer : IProducer
    {
        private readonly List<(long Tag, string Text)> pending = [];
        private List<long> failed = [];

        internal List<string> Delivered { get; } = [];

        /// <summary>So many records fail.</summary>
        internal int FailNext { get; set; }

        internal bool Stuck { get; set; }

        /// <summary>A record with this value is refused at once.</summary>
        internal string? Refuses { get; set; }

        public string? LastError => "told to fail";

        public bool TryProduce(in ProducerRecord record)
        {
            if (Refuses is not null && Encoding.UTF8.GetString(record.Value) == Refuses) throw new EngineException(ErrorKind.Unavailable, "too large for the broker");
            var text = new StringBuilder($"{record.Topic} {(record.HasKey ? Encoding.UTF8.GetString(record.Key) : "-")}={(record.IsTombstone ? "-" : Encoding.UTF8.GetString(record.Value))}");
            foreach (var header in record.Headers) text.Append(CultureInfo.InvariantCulture, $" {header.Name}:{(header.Value is { } value ? Encoding.UTF8.GetString(value.Span) : "null")}");
            pending.Add((record.Tag, text.ToString()));
            return true;
        }

        public void Poll(int timeoutMs)
        {
        }

        public bool Flush(int timeoutMs)
        {
            if (Stuck) return false;
            foreach (var (tag, text) in pending)
            {
                if (FailNext-- > 0) failed.Add(tag);
                else Delivered.Add(text);
            }
            pending.Clear();
            return true;
        }

        public IReadOnlyList<long> TakeFailed()
        {
            var taken = failed;
            failed = [];
            return taken;
        }

        public void Dispose() => pending.Clear();
    }
}
