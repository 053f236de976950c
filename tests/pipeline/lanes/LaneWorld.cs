using System.Text;
using K2I.Base;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

/// <summary>
/// Lanes and tables without Kafka and without threads but those that sync logs: a test takes the steps. Its logs lie in a folder, so that a
/// world may follow another as a process follows one that was killed.
/// </summary>
internal sealed class LaneWorld : IDisposable
{
    private readonly List<LaneLog> logs = [];
    private readonly List<Thread> syncs = [];
    private readonly string? ownFolder;

    internal LaneWorld(EngineOptions options, FakeTopics? topics = null, ICatalog? catalog = null, MemoryStore? objects = null)
    {
        Options = options;
        Topics = topics ?? new();
        Objects = objects ?? new();
        Catalog = catalog ?? new FileCatalog(Objects, "memory://store/w");
        if (options.DataDirectory.Length == 0)
            Options = options with { DataDirectory = ownFolder = Directory.CreateTempSubdirectory("k2i-lanes-").FullName };
        var services = new EngineServices
        {
            Objects = Objects,
            Catalog = Catalog,
            Clock = Clock,
            OpenConsumer = (o, listener, _) => Topics.Open(o, listener),
            OpenQueries = (_, _) => Topics,
        };
        Context = new(Options, services, null, Log);
        for (var i = 0; i < Options.Lanes; i++) logs.Add(LaneLog.Open(services, Options, LaneLog.NameOf(i), isInUse: true, Log));
        foreach (var log in logs) syncs.Add(Started(() => log.RunSync(null)));
        Context.Found = FoundLogs.Read(logs, Log);
        Context.Lanes = [.. logs.Select((l, i) => new Lane(i, Context, l))];
        _ = Context.Tables.Apply(Options.Tables, Options.Templates);
        if (Context.Tables.All.Length > 0)
            foreach (var lane in Context.Lanes) lane.Open();
        Consumers = [.. Topics.Consumers.TakeLast(Options.Lanes)];
    }

    /// <summary>One lane, little memory, and rows that stay where they are until a test has them flushed.</summary>
    internal static EngineOptions OptionsFor(params TableOptions[] tables) => new()
    {
        Kafka = new() { Brokers = "" },
        Iceberg = new() { Warehouse = "memory://store/w" },
        DataDirectory = "",
        Lanes = 1,
        FlushThreads = 2,
        MemoryBytes = 32 << 20,
        WalFileBytes = 256 << 10,
        WalMaxBytes = 8 << 20,
        Tables = [.. tables],
    };

    internal EngineOptions Options { get; }

    internal FakeTopics Topics { get; }

    internal MemoryStore Objects { get; }

    internal ICatalog Catalog { get; }

    internal EngineContext Context { get; }

    internal IReadOnlyList<FakeConsumer> Consumers { get; }

    internal ShiftedClock Clock { get; } = new();

    internal CollectingLog Log { get; } = new();

    internal Lane Lane => Context.Lanes[0];

    internal TableHandle Table(string name = "t") => Context.Tables.All.Single(t => t.Name == name);

    internal RunPart Part(string table = "t", int lane = 0) => Table(table).Run!.Parts.Single(p => p.Lane.Index == lane);

    internal Source Source(string table, string topic, int partition, int lane = 0) =>
        Part(table, lane).Sources.Single(s => s.Topic == topic && s.Partition == partition);

    internal void Assign(int lane, string topic, params int[] partitions)
    {
        TopicPartition[] all = [.. partitions.Select(p => new TopicPartition(topic, p))];
        Consumers[lane].Tell(l => l.OnAssigned(all));
    }

    internal void Revoke(int lane, string topic, params int[] partitions)
    {
        TopicPartition[] all = [.. partitions.Select(p => new TopicPartition(topic, p))];
        Consumers[lane].Tell(l => l.OnLost(all));
    }

    /// <summary>Lanes and tables do what there is to do, in turn, until the condition holds.</summary>
    internal void Until(Func<bool> holds)
    {
        var deadline = SystemClock.Instance.MonotonicMs + 30_000;
        for (var turn = 0; !holds(); turn++)
        {
            // The disk takes its time.
            if (turn > 50) Thread.Sleep(1);
            Assert.True(SystemClock.Instance.MonotonicMs < deadline,
                $"waited in vain: {string.Join('\n', Context.Tables.All.Select(t => t.Status()))}\n"
            + $"{string.Join('\n', Log.Lines.TakeLast(20))}");
            Turn();
        }
    }

    /// <summary>So many turns of all, which is enough for what waits for no time.</summary>
    internal void Settle()
    {
        for (var i = 0; i < 12; i++) Turn();
    }

    /// <summary>What the table has taken is committed.</summary>
    internal void Flush(string table = "t")
    {
        var run = Table(table).Run!;
        run.RequestFlush(null);
        var before = Table(table).Flushes.Commits;
        Until(() => run.Failure is not null || (Table(table).Flushes.Commits > before && !run.Parts.Any(p => p.Unflushed > 0)));
    }

    /// <summary>The table's rows as JSON lines.</summary>
    internal string[] Rows(string table)
    {
        if (Catalog.TryLoad(TableIdent.Parse(table)) is not { } loaded) return [];
        using var reader = new TableScan(loaded, Objects).Read();
        var json = new RowJson();
        while (reader.TryRead(out var rows))
            for (var i = 0; i < rows.Rows; i++) json.AppendLine(rows.Batch, rows.Ordinal(i));
        return Encoding.UTF8.GetString(json.Written).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    internal TableMetadata Metadata(string table = "t") => Catalog.Load(TableIdent.Parse($"default.{table}")).Metadata;

    /// <summary>Ends as a killed process does, but for what is appended: that reaches the disk.</summary>
    public void Dispose()
    {
        Context.Stop.End();
        foreach (var lane in Context.Lanes) lane.Close();
        foreach (var table in Context.Tables.All) table.Stop();
        foreach (var log in logs) log.Dispose();
        foreach (var sync in syncs) sync.Join();
        Context.Dispose();
        if (ownFolder is not null) Directory.Delete(ownFolder, recursive: true);
    }

    private void Turn()
    {
        foreach (var lane in Context.Lanes) lane.Step();
        foreach (var table in Context.Tables.All)
            for (var i = 0; i < 20 && table.Work() <= Clock.MonotonicMs;) i++;
    }

    private static Thread Started(ThreadStart work)
    {
        var thread = new Thread(work) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
