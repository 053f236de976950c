using System.Globalization;
using K2I.Columns;

using K2I.Base;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>A writer as the engine is one: appends with a fence over an offset that each commit carries, and comes back with the same action while it is not known what became of it.</summary>
internal sealed class RestRun
{
    private const string OffsetKey = "test.next-offset";

    private readonly ICatalog catalog;
    private readonly IObjectStore store;
    private readonly Table table;
    private long next;

    public RestRun(ICatalog catalog, IObjectStore store, TableIdent? table = null)
    {
        (this.catalog, this.store, Ident) = (catalog, store, table ?? TestTables.Events);
        Committer = new TableCommitter(catalog, store, new CommitOptions { MinWaitMs = 10, MaxWaitMs = 200 });
        this.table = Persistently(() => Committer.LoadOrCreate(Ident, TestTables.Creation()));
    }

    public TableIdent Ident { get; }

    public TableCommitter Committer { get; }

    public Table Table => catalog.Load(Ident);

    public static long OffsetOf(Table table)
    {
        var text = table.Metadata.Ancestors().Select(s => s.Summary.GetValueOrDefault(OffsetKey)).FirstOrDefault(t => t is not null) ?? table.Metadata.Property(OffsetKey);
        return text is null ? 0 : long.Parse(text, CultureInfo.InvariantCulture);
    }

    public AppendFiles Action(Action? beforeEachAttempt = null)
    {
        var from = next;
        var file = Write($"offset-{from}-{Guid.NewGuid():N}.parquet", (int)from);
        var entries = TestTables.Strings((OffsetKey, $"{from + 1}"));
        return new AppendFiles
        {
            Files = [file],
            VerifyFiles = true,
            Fence = table =>
            {
                beforeEachAttempt?.Invoke();
                var at = OffsetOf(table);
                return at == from ? new FenceVerdict.ProceedWith([file], entries, entries)
                    : at > from ? new FenceVerdict.AlreadyDone($"the table is at {at}")
                    : new FenceVerdict.Abort($"the table is at {at}, {from} comes next");
            },
        };
    }

    public CommitResult Append() => Append(Action());

    public CommitResult Append(AppendFiles action)
    {
        var result = Persistently(() =>
        {
            var result = Committer.Commit(Ident, action);
            if (result.Status == CommitStatus.Aborted) throw new EngineException(ErrorKind.Unavailable, result.Reason!);
            return result;
        });
        next++;
        return result;
    }

    /// <summary>One live file for each append, none twice, and every file that a snapshot names is there.</summary>
    public void RequireEveryAppendOnce(int appends, int others = 0)
    {
        var table = Table;
        var live = TestTables.LivePaths(table, store);
        var ours = live.Select(Location.NameOf).Where(n => n.StartsWith("offset-", StringComparison.Ordinal)).Select(n => n.Split('-')[1]).ToList();
        Assert.Equal(Enumerable.Range(0, appends).Select(n => $"{n}"), ours.Order(Comparer<string>.Create((a, b) => int.Parse(a, CultureInfo.InvariantCulture) - int.Parse(b, CultureInfo.InvariantCulture))));
        Assert.Equal(appends + others, live.Count);
        Assert.Equal(appends, OffsetOf(table));
        var reader = new ManifestReader(store);
        foreach (var snapshot in table.Metadata.Snapshots)
        {
            Assert.True(store.Exists(snapshot.ManifestList!), snapshot.ManifestList);
            foreach (var manifest in reader.Manifests(table.Metadata, snapshot)) Assert.True(store.Exists(manifest.Path), manifest.Path);
        }
        foreach (var path in live.Where(p => Location.NameOf(p).StartsWith("offset-", StringComparison.Ordinal))) Assert.True(store.Exists(path), path);
    }

    private DataFile Write(string name, int seed)
    {
        using var rows = new RandomRows(new Random(seed)).Fill(table.Metadata.CurrentSchema, 10);
        var builder = new DataFileBuilder(table.Metadata);
        var location = builder.LocationFor(table.Metadata.DefaultSpec, PartitionTuple.Empty, name);
        using var writer = store.Create(location);
        using var parquet = new ParquetWriter(table.Metadata.CurrentSchema, ParquetOptions.Default, new ObjectSink(writer));
        parquet.Write(rows.View(), [.. Enumerable.Range(0, 10).Select(row => new Ordinal(row))]);
        var result = parquet.Finish();
        writer.Complete();
        return builder.Build(location, result, table.Metadata.DefaultSpecId, PartitionTuple.Empty);
    }

    /// <summary>Again and again while it is not known what became of it, or no server is there.</summary>
    internal static T Persistently<T>(Func<T> work)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return work();
            }
            catch (EngineException error) when (tries < 60 && error.Kind is ErrorKind.Unknown or ErrorKind.Unavailable or ErrorKind.Conflict)
            {
                Thread.Sleep(50);
            }
        }
    }
}
