using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;

namespace K2I.Maintenance.Tests;

/// <summary>Files go whole, by the metadata's word, when the last of their rows is too old.</summary>
public sealed class RetentionTests : IDisposable
{
    private const long DayMs = 86_400_000;
    private static readonly RetentionPolicy NinetyDays = new("ts", 90 * DayMs);

    private readonly KeptTable kept = new();

    private long NowMs => kept.Clock.UnixMs;

    public void Dispose() => kept.Dispose();

    [Fact]
    public void AFileGoesWhenItsNewestRowIsTooOld()
    {
        var old = Append(NowMs - (95 * DayMs), NowMs - (91 * DayMs));
        var partly = Append(NowMs - (91 * DayMs), NowMs - (89 * DayMs));
        var young = Append(NowMs - DayMs, NowMs);
        var outcome = kept.Run(Plan(NinetyDays));
        Assert.Equal(new[] { partly, young }.Order(StringComparer.Ordinal), TestTables.LivePaths(kept.Table, kept.Stored));
        Assert.Equal((kept.Table.Metadata.CurrentSnapshotId, 1), (outcome.Snapshot, outcome.FilesIn));
        Assert.Equal("delete", kept.Table.Metadata.CurrentSnapshot!.Operation);
        Assert.True(kept.Stored.Exists(old));
        Assert.Null(Plan(NinetyDays));
        kept.RequireWhole();
    }

    [Fact]
    public void TheBorderIsKept()
    {
        Append(NowMs - (100 * DayMs), NowMs - (90 * DayMs));
        Assert.Equal(NowMs - (90 * DayMs), Borders(NinetyDays));
        kept.Clock.Pass(1);
        Assert.NotNull(Plan(NinetyDays));
    }

    [Fact]
    public void RowsWithoutATimeAreKept()
    {
        Append(NowMs - (95 * DayMs), NowMs - (91 * DayMs), nulls: 1);
        Append(NowMs - (95 * DayMs), NowMs - (91 * DayMs), nulls: null);
        Append(null, null, nulls: 10);
        Append(null, null, nulls: null);
        Assert.Null(Plan(NinetyDays));
    }

    [Fact]
    public void ADayIsKeptUntilItsLastMomentIsTooOld()
    {
        kept.Commit(new UpdateSchema().Add("", "day", PrimitiveType.Date));
        var field = kept.Table.Metadata.CurrentSchema.FindByPath("day")!;
        var day = NowMs / DayMs;
        foreach (var age in (long[])[9, 10, 11])
        {
            var bound = SingleValue.OfInt((int)(day - age));
            Commit(TestTables.File(kept.Table, $"day-{age}") with
            {
                ValueCounts = new Dictionary<int, long> { [field.Id] = 10 },
                NullValueCounts = new Dictionary<int, long> { [field.Id] = 0 },
                LowerBounds = new Dictionary<int, byte[]> { [field.Id] = bound },
                UpperBounds = new Dictionary<int, byte[]> { [field.Id] = bound },
            });
        }
        Assert.Equal(["day-11"],
            Plan(new RetentionPolicy("day", 10 * DayMs))!.Files.Select(f => Path.GetFileNameWithoutExtension(f.FilePath)));
    }

    [Theory]
    [InlineData(10, 0L, true)]
    [InlineData(9, 0L, false)]
    [InlineData(10, 1L, false)]
    public void ATimeInsideAStructCountsWhereEveryRowHasOne(long values, long nulls, bool gone)
    {
        kept.Commit(new UpdateSchema().Add("", "origin", new StructType([new Field(90, "at", PrimitiveType.TimestampTz, false)])));
        var field = kept.Table.Metadata.CurrentSchema.FindByPath("origin.at")!;
        var bound = SingleValue.OfLong((NowMs - (91 * DayMs)) * 1_000);
        Commit(TestTables.File(kept.Table, "f") with
        {
            ValueCounts = new Dictionary<int, long> { [field.Id] = values },
            NullValueCounts = new Dictionary<int, long> { [field.Id] = nulls },
            LowerBounds = new Dictionary<int, byte[]> { [field.Id] = bound },
            UpperBounds = new Dictionary<int, byte[]> { [field.Id] = bound },
        });
        Assert.Equal(gone, Plan(new RetentionPolicy("origin.at", 90 * DayMs)) is not null);
    }

    [Fact]
    public void TheSnapshotCarriesWhatTheTablesSnapshotsCarry()
    {
        Append(NowMs - (95 * DayMs), NowMs - (91 * DayMs));
        var plan = Plan(NinetyDays);
        Append(NowMs - DayMs, NowMs);
        var before = kept.Table.Metadata.CurrentSnapshotId;
        kept.Run(plan);
        Assert.Equal($"on {before}", kept.Table.Metadata.CurrentSnapshot!.Summary[TestUse.SummaryKey]);
    }

    [Fact]
    public void WhereAFileIsGoneAlreadyNothingIsDone()
    {
        Append(NowMs - (95 * DayMs), NowMs - (91 * DayMs));
        var plan = Plan(NinetyDays)!;
        kept.Commit(new RemoveFiles { Files = plan.Files });
        Assert.Contains("is not in the table any more", kept.Run(plan).Conflict, StringComparison.Ordinal);
    }

    [Fact]
    public void AColumnThatIsNotThereOrHasNoTimesIsRefused()
    {
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => Plan(new RetentionPolicy("no", 1))).Kind);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Plan(new RetentionPolicy("name", 1))).Kind);
    }

    private long Borders(RetentionPolicy policy)
    {
        Assert.Null(Plan(policy));
        return NowMs - policy.KeepMs;
    }

    private RetentionPlan? Plan(RetentionPolicy policy)
    {
        var table = kept.Table.Metadata;
        var files = table.CurrentSnapshot is { } snapshot
            ? new ManifestReader(kept.Stored).LiveEntries(table, snapshot).Select(e => e.File) : [];
        return RetentionPlanner.Plan(table, policy, files, NowMs);
    }

    private string Append(long? lowestMs, long? highestMs, long? nulls = 0)
    {
        var file = TestTables.File(kept.Table, $"{Guid.NewGuid():N}");
        var counts = new Dictionary<int, long> { [3] = 10 };
        return Commit(file with
        {
            ValueCounts = counts,
            NullValueCounts = nulls is { } count ? new Dictionary<int, long> { [3] = count } : null,
            LowerBounds = lowestMs is { } low ? new Dictionary<int, byte[]> { [3] = SingleValue.OfLong(low * 1_000) } : null,
            UpperBounds = highestMs is { } high ? new Dictionary<int, byte[]> { [3] = SingleValue.OfLong(high * 1_000) } : null,
        });
    }

    private string Commit(DataFile file)
    {
        kept.Put(file.FilePath, (int)file.FileSizeBytes, 0);
        // The clock stays where it is: a test looks at a border.
        Assert.Equal(CommitStatus.Committed, kept.Committer.Commit(TestTables.Events, TestTables.Append(file)).Status);
        return file.FilePath;
    }
}
