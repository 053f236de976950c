using System.Collections.Immutable;
using System.Diagnostics;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Cli.Bench;

/// <summary>
/// Appends one described file a commit to a table of a file catalog, at several ages of the table, and says where the time goes. Between the ages the
/// table is aged in one step: the snapshots and files that as many commits would have left are put in at once.
/// </summary>
internal sealed class CommitBench(string directory, int formatVersion, int commits, int retain, Terminal terminal)
{
    private static readonly TableIdent Ident = TableIdent.Parse("bench.commits");
    private static readonly int[] Ages = [10, 1_000, 10_000];

    /// <summary>Commits from one expiry to the next; its time is part of theirs.</summary>
    private const int ExpireEvery = 20;

    private readonly Random random = new(1);
    private IObjectStore? catalogStore;
    private string location = "";
    private int sinceExpired;

    public void Run()
    {
        var folder = Path.Combine(directory, $"k2i-bench-commit-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            Measure(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Measure(string folder)
    {
        var store = new TimedStore(new LocalStore(folder));
        catalogStore = store;
        var catalog = new FileCatalog(store, Location.FromConfig(folder));
        var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "name", PrimitiveType.String, false), new Field(3, "at", PrimitiveType.TimestampTz, false));
        var committer = new TableCommitter(catalog, store);
        location = committer.LoadOrCreate(Ident, new TableCreation { Schema = schema, FormatVersion = formatVersion }).Metadata.Location;
        var table = new TextTable(">snapshots", ">median ms", ">p95 ms", ">mean ms", ">metadata read", ">metadata written", ">manifests, lists", ">the rest", ">metadata size");
        double first = 0, last = 0;
        // Code is compiled and caches are warm before anything is measured.
        for (var i = 0; i < 5; i++) Append(catalog, committer, 1);
        foreach (var age in Ages)
        {
            AgeTo(age, catalog, committer);
            store.Reset();
            var times = new List<double>(commits);
            for (var i = 0; i < commits; i++)
            {
                var started = Stopwatch.GetTimestamp();
                Append(catalog, committer, 1);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            var mean = times.Average();
            times.Sort();
            var size = store.Length(catalog.Load(Ident).MetadataLocation);
            var (read, written, lists) = (store.MetadataReadMs / commits, store.MetadataWriteMs / commits, store.OtherMs / commits);
            table.Add(TableFacts.Grouped(age), F(times[commits / 2]), F(times[commits * 95 / 100]), F(mean), F(read), F(written), F(lists), F(mean - read - written - lists), Units.FormatBytes(size));
            last = times[commits / 2];
            if (first == 0) first = last;
        }
        terminal.Say($"{commits} commits at each age, format version {formatVersion}, {(retain == 0 ? "every snapshot kept" : $"{retain} snapshots kept")}; milliseconds of one commit");
        table.Print(terminal);
        terminal.Say($"a commit at snapshot {TableFacts.Grouped(Ages[^1])} takes {last / first:0.00} times one at snapshot {Ages[0]} (medians)");

        static string F(double ms) => ms.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
    }

    private void Append(FileCatalog catalog, TableCommitter committer, int files)
    {
        committer.Commit(Ident, new AppendFiles { Files = [.. Enumerable.Range(0, files).Select(_ => Describe())] });
        if (retain == 0 || ++sinceExpired < ExpireEvery) return;
        sinceExpired = 0;
        var before = catalog.Load(Ident).Metadata;
        var expired = committer.Commit(Ident, new ExpireSnapshots { OlderThanMs = long.MaxValue, RetainLast = retain });
        if (expired.Status == CommitStatus.Committed) ExpiredFiles.Plan(before, expired.Table.Metadata, catalogStore!).Delete(catalogStore!);
    }

    /// <summary>The table as after <paramref name="age"/> commits: as many snapshots (unless they expire), as many files.</summary>
    private void AgeTo(int age, FileCatalog catalog, TableCommitter committer)
    {
        var table = catalog.Load(Ident);
        var missing = age - (int)table.Metadata.LastSequenceNumber;
        if (missing <= 1) return;
        Append(catalog, committer, missing);
        if (retain > 0)
        {
            for (var i = 0; i < Math.Min(missing, retain); i++) Append(catalog, committer, 1);
            return;
        }
        table = catalog.Load(Ident);
        var model = table.Metadata.CurrentSnapshot!;
        var updates = ImmutableArray.CreateBuilder<MetadataUpdate>();
        var parent = model;
        for (var i = 1; i < missing; i++)
        {
            parent = parent with
            {
                SnapshotId = new(random.NextInt64(1L << 52)),
                ParentSnapshotId = parent.SnapshotId,
                SequenceNumber = parent.SequenceNumber + 1,
                FirstRowId = formatVersion >= 3 ? table.Metadata.NextRowId : null,
                AddedRows = formatVersion >= 3 ? 0 : null,
            };
            updates.Add(new MetadataUpdate.AddSnapshot(parent));
            updates.Add(new MetadataUpdate.SetSnapshotRef(SnapshotRef.Main, new SnapshotRef(parent.SnapshotId, IsBranch: true)));
        }
        _ = catalog.Commit(table, updates.ToImmutable(), []);
    }

    private DataFile Describe()
    {
        var id = random.NextInt64();
        return new DataFile
        {
            FilePath = $"{location}/data/{id:x16}-{random.Next():x8}.parquet",
            RecordCount = 100_000,
            FileSizeBytes = 3_000_000 + random.Next(100_000),
            ColumnSizes = Map(1_000_000 + random.Next(1000)),
            ValueCounts = Map(100_000),
            NullValueCounts = Map(random.Next(100)),
            LowerBounds = Bounds(id),
            UpperBounds = Bounds(id + 100_000),
            SplitOffsets = [4],
            SortOrderId = 0,
        };

        static Dictionary<int, long> Map(long value) => new() { [1] = value, [2] = value, [3] = value };

        static Dictionary<int, byte[]> Bounds(long value) => new() { [1] = BitConverter.GetBytes(value), [2] = System.Text.Encoding.ASCII.GetBytes($"{value:x16}"), [3] = BitConverter.GetBytes(value) };
    }
}
