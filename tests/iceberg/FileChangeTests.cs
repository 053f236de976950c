using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Operations that remove files, and what stops them. The files are described only, never read.</summary>
public sealed class FileChangeTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly LocalStore store;
    private readonly FileCatalog catalog;
    private readonly TableCommitter committer;

    public FileChangeTests()
    {
        store = new LocalStore(folder.Path);
        catalog = new FileCatalog(store, store.Root);
        committer = TestTables.Committer(catalog, store);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void SummariesCountWhatEachOperationDid(int version)
    {
        var table = Create(version);
        var (a, b) = (TestTables.File(table, "a"), TestTables.File(table, "b", rows: 5));
        Summary(Commit(TestTables.Append(a, b)), "append", ("added-data-files", "2"), ("total-records", "15"), ("manifests-created", "1"));
        var delete = Delete(version, a, 3);
        var dv = version >= 3;
        Summary(Commit(new RowDelta { DeleteFiles = [delete] }), "delete", ("added-delete-files", "1"), (dv ? "added-dvs" : "added-position-delete-files", "1"), ("added-position-deletes", "3"),
            ("total-position-deletes", "3"), ("total-records", "15"), ("total-delete-files", "1"), ("changed-partition-count", "1"), ("manifests-kept", "1"));
        var c = TestTables.File(table, "c", rows: 2);
        Summary(Commit(new RowDelta { DataFiles = [c], DeleteFiles = [Delete(version, b, 1)] }), "overwrite", ("added-data-files", "1"), ("added-delete-files", "1"), ("total-records", "17"), ("total-position-deletes", "4"));
        var start = catalog.Load(TestTables.Events).Metadata.CurrentSnapshot!;
        var merged = TestTables.File(table, "merged", rows: 12);
        table = Commit(new RewriteFiles { StartSnapshotId = start.SnapshotId, Replaced = [a, b], Files = [merged], DataSequenceNumber = start.SequenceNumber });
        Summary(table, "replace", ("deleted-data-files", "2"), ("added-data-files", "1"), ("deleted-records", "15"), ("added-records", "12"), ("removed-delete-files", "2"), ("removed-position-deletes", "4"),
            ("total-records", "14"), ("total-delete-files", "0"), ("total-position-deletes", "0"), ("total-data-files", "2"));
        var entry = Live(table).Single(e => e.File.FilePath == merged.FilePath);
        Assert.Equal((EntryStatus.Added, start.SequenceNumber, start.SequenceNumber + 1), (entry.Status, entry.SequenceNumber!.Value, entry.FileSequenceNumber!.Value));
        Summary(Commit(new RemoveFiles { Files = [c] }), "delete", ("deleted-data-files", "1"), ("deleted-records", "2"), ("total-records", "12"));
        Summary(Commit(new OverwriteFiles { Removed = [merged], Files = [TestTables.File(table, "d")] }), "overwrite", ("total-records", "10"), ("total-data-files", "1"));
        Assert.Equal([$"{table.Metadata.Location}/data/d.parquet"], TestTables.LivePaths(catalog.Load(TestTables.Events), store));
        Assert.Empty(new TableLinter(store).Check(catalog.Load(TestTables.Events)).Where(f => f.Rule is not ("file-missing" or "file-length")));
    }

    [Fact]
    public void ADataFileTakesTheDeletesThatConcernItAloneWithIt()
    {
        var table = Create(3);
        var (a, b) = (TestTables.File(table, "a"), TestTables.File(table, "b"));
        Commit(TestTables.Append(a, b));
        Commit(new RowDelta { DeleteFiles = [Delete(3, a, 3, offset: 4), Delete(3, b, 3, offset: 100)] });
        table = Commit(new RemoveFiles { Files = [a] });
        Assert.Equal([b.FilePath], Live(table).Where(e => e.File.Content != FileContent.Data).Select(e => e.File.ReferencedDataFile));
        Assert.Equal("1", table.Metadata.CurrentSnapshot!.Summary["removed-dvs"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DeletesOfAFileThatWentMeanwhileAreNotCommitted(bool history)
    {
        var table = Create(2);
        var (a, b) = (TestTables.File(table, "a"), TestTables.File(table, "b"));
        var start = Commit(TestTables.Append(a, b)).Metadata.CurrentSnapshotId;
        var action = new RowDelta { DeleteFiles = [Delete(2, a, 3)], StartSnapshotId = history ? start : null, Fence = Meanwhile(() => Commit(new RemoveFiles { Files = [a] })) };
        var result = committer.Commit(TestTables.Events, action);
        Assert.Equal((CommitStatus.Aborted, 2), (result.Status, action.Attempts));
        Assert.Contains(a.FilePath, result.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ASecondVectorOfAFileIsNotCommitted(bool history)
    {
        var table = Create(3);
        var a = TestTables.File(table, "a");
        var start = Commit(TestTables.Append(a)).Metadata.CurrentSnapshotId;
        var action = new RowDelta { DeleteFiles = [Delete(3, a, 3)], StartSnapshotId = history ? start : null, Fence = Meanwhile(() => Commit(new RowDelta { DeleteFiles = [Delete(3, a, 1, offset: 500)] })) };
        Assert.Equal(CommitStatus.Aborted, committer.Commit(TestTables.Events, action).Status);
    }

    [Fact]
    public void WorkOnOtherFilesDoesNotStopADelta()
    {
        var table = Create(3);
        var (a, b) = (TestTables.File(table, "a"), TestTables.File(table, "b"));
        var start = Commit(TestTables.Append(a, b)).Metadata.CurrentSnapshotId;
        var action = new RowDelta { DeleteFiles = [Delete(3, a, 3)], StartSnapshotId = start, Fence = Meanwhile(() => Commit(new RemoveFiles { Files = [b] })) };
        var result = committer.Commit(TestTables.Events, action);
        Assert.Equal((CommitStatus.Committed, 2), (result.Status, action.Attempts));
        Assert.Equal(2, Live(result.Table).Count);
    }

    [Fact]
    public void RowsThatMayHaveComeMeanwhileStopADeltaThatSaysSo()
    {
        var table = Create(2);
        var start = Commit(TestTables.Append(TestTables.File(table, "a"))).Metadata.CurrentSnapshotId;
        RowDelta Action(string rows) => new() { DataFiles = [TestTables.File(table, "n" + Guid.NewGuid())], StartSnapshotId = start, NoNewRows = ScanFilter.Parse(rows) };
        Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, Action("id = 5")).Status);
        Assert.Equal(CommitStatus.Aborted, committer.Commit(TestTables.Events, Action("id = 5")).Status);
        Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, Action("id > 1000")).Status);
    }

    [Fact]
    public void ACompactionThatMissedDeletesIsNotCommitted()
    {
        var table = Create(2);
        var (a, b) = (TestTables.File(table, "a"), TestTables.File(table, "b"));
        var start = Commit(TestTables.Append(a, b)).Metadata.CurrentSnapshot!;
        RewriteFiles Action(DataFile file, long? sequence) => new() { StartSnapshotId = start.SnapshotId, Replaced = [file], Files = [TestTables.File(table, "n" + Guid.NewGuid())], DataSequenceNumber = sequence };
        Commit(new RowDelta { DeleteFiles = [Delete(2, a, 3)] });
        Assert.Contains("meanwhile", committer.Commit(TestTables.Events, Action(a, start.SequenceNumber)).Reason, StringComparison.Ordinal);
        Commit(new RowDelta { DeleteFiles = [TestTables.File(table, "eq") with { Content = FileContent.EqualityDeletes, EqualityIds = [1] }] });
        Assert.Equal(CommitStatus.Aborted, committer.Commit(TestTables.Events, Action(b, null)).Status);
        Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, Action(b, start.SequenceNumber)).Status);
        Assert.Contains("not in the table any more", committer.Commit(TestTables.Events, Action(b, start.SequenceNumber)).Reason, StringComparison.Ordinal);
        var more = TestTables.File(table, "more", rows: 11);
        var head = catalog.Load(TestTables.Events).Metadata.CurrentSnapshot!;
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(new RewriteFiles { StartSnapshotId = head.SnapshotId, Replaced = [a], Files = [more], DataSequenceNumber = 1 })).Kind);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void AnOverwriteByConditionThatMissedDeletesOrRemovalsIsNotCommitted(int version)
    {
        var table = Create(version, "day(ts)");
        var (a, b) = (Day(table, "a", "2024-01-01"), Day(table, "b", "2024-01-02"));
        var start = Commit(TestTables.Append(a, b, Day(table, "c", "2024-01-02"))).Metadata.CurrentSnapshotId;
        OverwriteFiles Action(string day) => new() { RemovedRows = ScanFilter.Parse($"ts >= '{day}T00:00:00+00:00' and ts < '{DateOnly.Parse(day).AddDays(1):yyyy-MM-dd}T00:00:00+00:00'"), Files = [Day(table, "n" + Guid.NewGuid(), day)], StartSnapshotId = start };
        Commit(new RowDelta { DeleteFiles = [Delete(version, a, 3)] });
        Assert.Contains("meanwhile", committer.Commit(TestTables.Events, Action("2024-01-01")).Reason, StringComparison.Ordinal);
        Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, Action("2024-01-03")).Status);
        Commit(new RemoveFiles { Files = [b] });
        Assert.Contains("meanwhile", committer.Commit(TestTables.Events, Action("2024-01-02")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ACompactionsFilesAreNoNewRows()
    {
        var table = Create(2);
        var a = TestTables.File(table, "a");
        var start = Commit(TestTables.Append(a)).Metadata.CurrentSnapshot!;
        Commit(new RewriteFiles { StartSnapshotId = start.SnapshotId, Replaced = [a], Files = [TestTables.File(table, "b")], DataSequenceNumber = start.SequenceNumber });
        var delta = new RowDelta { DataFiles = [TestTables.File(table, "n")], StartSnapshotId = start.SnapshotId, NoNewRows = ScanFilter.Parse("id = 5") };
        Assert.Equal(CommitStatus.Committed, committer.Commit(TestTables.Events, delta).Status);
    }

    [Fact]
    public void ARewriteGivesNoFileASecondVectorAndTakesNoRowsByNewEqualityDeletes()
    {
        var table = Create(3);
        var a = TestTables.File(table, "a");
        var start = Commit(TestTables.Append(a)).Metadata.CurrentSnapshot!;
        Commit(new RowDelta { DeleteFiles = [Delete(3, a, 3)] });
        Assert.Contains("meanwhile", committer.Commit(TestTables.Events, new RewriteFiles { StartSnapshotId = start.SnapshotId, DeleteFiles = [Delete(3, a, 1, offset: 500)] }).Reason, StringComparison.Ordinal);
        var equality = TestTables.File(table, "eq") with { Content = FileContent.EqualityDeletes, EqualityIds = [1] };
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(new RewriteFiles { StartSnapshotId = start.SnapshotId, DeleteFiles = [equality] })).Kind);
    }

    [Fact]
    public void ARowConditionTakesWholeFilesOrNone()
    {
        var table = Create(2, "day(ts)");
        Commit(TestTables.Append(Day(table, "a", "2024-01-01"), Day(table, "b", "2024-01-02"), Day(table, "c", "2024-01-03")));
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(new RemoveFiles { Rows = ScanFilter.Parse("ts < '2024-01-02T12:00:00+00:00'") })).Kind);
        table = Commit(new OverwriteFiles { RemovedRows = ScanFilter.Parse("ts >= '2024-01-02T00:00:00+00:00' and ts < '2024-01-03T00:00:00+00:00'"), Files = [Day(table, "d", "2024-01-02")] });
        Assert.Equal(["a", "c", "d"], TestTables.LivePaths(table, store).Select(Path.GetFileNameWithoutExtension));
        Assert.Equal(["c", "d"], TestTables.LivePaths(Commit(new RemoveFiles { Rows = ScanFilter.Parse("not ts >= '2024-01-02T00:00:00+00:00'") }), store).Select(Path.GetFileNameWithoutExtension));
    }

    [Fact]
    public void RewrittenManifestsHoldTheSameFilesInFewerManifests()
    {
        var table = Create(3);
        for (var i = 0; i < 6; i++) table = Commit(TestTables.Append(TestTables.File(table, $"f{i}")));
        var before = Live(table).Select(e => (e.File.FilePath, e.SequenceNumber, e.File.FirstRowId)).Order().ToList();
        table = Commit(new RewriteManifests());
        Assert.Single(new ManifestReader(store).Manifests(table.Metadata, table.Metadata.CurrentSnapshot!));
        Assert.Equal(before, Live(table).Select(e => (e.File.FilePath, e.SequenceNumber, e.File.FirstRowId)).Order());
        Summary(table, "replace", ("entries-processed", "6"), ("manifests-created", "1"), ("manifests-replaced", "6"), ("total-data-files", "6"));
        Assert.Equal(CommitStatus.AlreadyDone, committer.Commit(TestTables.Events, new RewriteManifests()).Status);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void DeletesInTheWrongFormAreRefused(int version)
    {
        var table = Create(version);
        var a = TestTables.File(table, "a");
        Commit(TestTables.Append(a));
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(new RowDelta { DeleteFiles = [Delete(5 - version, a, 1)] })).Kind);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(new RowDelta { DeleteFiles = [a] })).Kind);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(new RowDelta { DeleteFiles = [a with { Content = FileContent.EqualityDeletes, EqualityIds = [99] }] })).Kind);
    }

    private static DataFile Day(Table table, string name, string day) =>
        TestTables.File(table, name, partition: new PartitionTuple([SingleValue.OfInt(DateOnly.Parse(day).DayNumber - new DateOnly(1970, 1, 1).DayNumber)]));

    private static DataFile Delete(int version, DataFile file, long rows, long offset = 4) => version >= 3
        ? new DataFile { Content = FileContent.PositionDeletes, FilePath = $"{file.FilePath}.puffin", FileFormat = "PUFFIN", SpecId = file.SpecId, Partition = file.Partition, RecordCount = rows, FileSizeBytes = 900, ReferencedDataFile = file.FilePath, ContentOffset = offset, ContentSizeBytes = 40 }
        : new DataFile { Content = FileContent.PositionDeletes, FilePath = $"{file.FilePath}-deletes.parquet", SpecId = file.SpecId, Partition = file.Partition, RecordCount = rows, FileSizeBytes = 900, ReferencedDataFile = file.FilePath };

    /// <summary>A fence that lets another commit in before the first attempt is sent.</summary>
    private static Func<Table, FenceVerdict> Meanwhile(Action other)
    {
        var asked = 0;
        return _ =>
        {
            if (asked++ == 0) other();
            return FenceVerdict.Go;
        };
    }

    private Table Create(int version, string partitionBy = "") => committer.LoadOrCreate(TestTables.Events, TestTables.Creation(partitionBy, version));

    private Table Commit(TableAction action)
    {
        var result = committer.Commit(TestTables.Events, action);
        Assert.True(result.Status == CommitStatus.Committed, result.Reason);
        return result.Table;
    }

    private List<ManifestEntry> Live(Table table) => [.. new ManifestReader(store).LiveEntries(table.Metadata, table.Metadata.CurrentSnapshot!)];

    private static void Summary(Table table, string operation, params (string Key, string Value)[] expected)
    {
        var summary = table.Metadata.CurrentSnapshot!.Summary;
        Assert.Equal(operation, summary["operation"]);
        foreach (var (key, value) in expected) Assert.Equal($"{key}={value}", $"{key}={summary.GetValueOrDefault(key)}");
    }
}
