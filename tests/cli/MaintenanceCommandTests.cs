using System.Collections.Immutable;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Commands;
using K2I.Cli.Config;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Parquet;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Tests;

/// <summary><c>k2i maintenance</c>: what it says, what it does, and its exit codes.</summary>
public sealed class MaintenanceCommandTests : IDisposable
{
    private const long DayMs = 86_400_000;

    private readonly Harness harness = new();
    private readonly string warehouse;
    private readonly LocalStore store;
    private readonly FileCatalog catalog;
    private readonly TableIdent ident = TableIdent.Parse("default.events");

    public MaintenanceCommandTests()
    {
        warehouse = Path.Combine(harness.Folder, "w");
        store = new LocalStore(warehouse);
        catalog = new FileCatalog(store, "file://" + warehouse);
        var schema = Schema.Of(new Field(1, "id", PrimitiveType.Long, true), new Field(2, "at", PrimitiveType.TimestampTz, true));
        catalog.Create(ident, new TableCreation { Schema = schema });
        var offsets = OffsetMap.Empty;
        for (var at = 0; at < 4; at++)
        {
            var table = catalog.Load(ident);
            offsets = offsets.With("events", null, 0, new Offset((at + 1) * 10));
            var properties = offsets.PropertiesOf(table);
            var file = Write(table, $"f{at}", DateTimeOffset.UtcNow.AddDays((at * 10) - 40));
            Commit(new AppendFiles { Files = [file], Properties = properties, Summary = properties.Remove(K2IKeys.OffsetsOf) });
        }
    }

    private Table Table => catalog.Load(ident);

    public void Dispose() => harness.Dispose();

    [Fact]
    public void APlanSaysWhatIsDueAndChangesNothing()
    {
        var before = Table.MetadataLocation;
        var (code, output, error) =
            harness.Run(["maintenance", "plan", "events",
            .. Config("retention = 35d\nretention_column = at", "expire_after = 1m\nkeep_snapshots = 1")]);
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.Matches("retention: 1 files of .* B have only rows whose at is older than 35d\n", output);
        Assert.Contains("expiry: nothing to do\n", output, StringComparison.Ordinal);
        Assert.Contains("orphans: files older than 3d that the table does not name, and objects begun and never ended, below file://",
            output, StringComparison.Ordinal);
        Assert.Equal(before, Table.MetadataLocation);
    }

    [Fact]
    public void ExpireTakesWhatTheCommandLineSays()
    {
        var (code, output, error) = harness.Run("maintenance", "expire", "events", "-w", warehouse, "--older-than", "0", "--keep", "2");
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.StartsWith("expiry: 2 snapshots expired; 2 files removed, ", output, StringComparison.Ordinal);
        Assert.Equal(2, Table.Metadata.Snapshots.Length);
        Assert.Equal("expiry: nothing to do\n", harness.Run("maintenance", "expire", "events", "-w", warehouse).Out);
    }

    [Fact]
    public void ADryRunOfExpireChangesNothing()
    {
        Assert.Equal("expiry: 3 of 4 snapshots are older than 0s\n",
            harness.Run("maintenance", "expire", "events", "-w", warehouse, "--older-than", "0", "--dry-run").Out);
        Assert.Equal(4, Table.Metadata.Snapshots.Length);
    }

    [Fact]
    public void RetentionGoesByTheTablesSectionAndCarriesTheOffsets()
    {
        var (code, output, _) = harness.Run(["maintenance", "retention", "events", .. Config("retention = 15d\nretention_column = at")]);
        Assert.Equal((ExitCode.Ok, "retention: 3 files left the table\n"), (code, output));
        Assert.Equal("10", Table.Metadata.CurrentSnapshot!.Summary[SummaryKeys.TotalRecords]);
        Assert.Equal(new Offset(40), OffsetMap.Of(Table).Next("events", 0));
        Assert.True(Table.Metadata.CurrentSnapshot.Summary.ContainsKey(K2IKeys.Offsets));
        Assert.Equal("retention: nothing to do\n", harness.Run("maintenance", "retention", "events", "-w", warehouse).Out);
    }

    [Fact]
    public void ManifestsAreWrittenAnewWhereThereAreMany()
    {
        Assert.Equal("manifests: nothing to do\n", harness.Run("maintenance", "manifests", "events", "-w", warehouse).Out);
        Commit(new SetTableProperties
        {
            Updates = ImmutableSortedDictionary.Create<string, string>().Add("commit.manifest-merge.enabled", "false"),
        });
        for (var at = 0; at < 50; at++)
        {
            var path = $"{Table.Metadata.Location}/data/more-{at}.parquet";
            Commit(new AppendFiles { Files = [new DataFile { FilePath = path, RecordCount = 1, FileSizeBytes = 1 }] });
        }
        var (code, output, _) = harness.Run("maintenance", "manifests", "events", "-w", warehouse);
        Assert.Equal((ExitCode.Ok, "manifests: 54 manifests became 1\n"), (code, output));
        Assert.Equal(new Offset(40), OffsetMap.Of(Table).Next("events", 0));
        Assert.True(Table.Metadata.CurrentSnapshot!.Summary.ContainsKey(K2IKeys.Offsets));
    }

    [Fact]
    public void StatisticsAreCountedAndSaidToBe()
    {
        Assert.Equal("statistics: there are no statistics\n",
            harness.Run("maintenance", "statistics", "events", "-w", warehouse, "--dry-run").Out);
        var (code, output, _) = harness.Run("maintenance", "statistics", "events", "-w", warehouse);
        Assert.Equal((ExitCode.Ok, "statistics: 4 files counted\n"), (code, output));
        Assert.Equal([(1, 10L), (2, 4L)], DistinctValues.Read(store, Table.Metadata.Statistics.Single()).Select(c => (c.Key, c.Value)));
        Assert.Equal("statistics: nothing to do\n", harness.Run("maintenance", "statistics", "events", "-w", warehouse).Out);
    }

    [Fact]
    public void SmallFilesAreMergedNowAndSortedWhereThatIsAskedFor()
    {
        var planned = harness.Run("maintenance", "compact", "events", "-w", warehouse, "--dry-run").Out;
        Assert.StartsWith("compaction: 4 files of ", planned, StringComparison.Ordinal);
        var (code, output, _) = harness.Run("maintenance", "compact", "events", "-w", warehouse, "--sort-by", "id");
        Assert.Equal((ExitCode.Ok, "compaction: 4 files became 1\n"), (code, output));
        Assert.Equal(new Offset(40), OffsetMap.Of(Table).Next("events", 0));
        Assert.Single(new TableScan(Table, store).Plan());
        Assert.Equal("compaction: nothing to do\n", harness.Run("maintenance", "compact", "events", "-w", warehouse).Out);
        var (usage, _, error) = harness.Run("maintenance", "compact", "events", "-w", warehouse, "--sort-by", "id", "--zorder", "id");
        Assert.Equal(ExitCode.Invalid, usage);
        Assert.Contains("exclude each other", error, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyFilesThatMayHoldRowsOfTheConditionAreMerged()
    {
        var half = $"at < '{DateTimeOffset.UtcNow.AddDays(-25):yyyy-MM-ddTHH:mm:ss.ffffff}+00:00'";
        Assert.Contains("compaction: 2 files of ", harness.Run("maintenance", "plan", "events", "-w", warehouse, "--where", half).Out,
            StringComparison.Ordinal);
        var kept = new TableScan(Table, store).Plan().Skip(2).Select(t => t.Data.File.FilePath).ToList();
        var (code, output, _) = harness.Run("maintenance", "compact", "events", "-w", warehouse, "--where", half);
        Assert.Equal((ExitCode.Ok, "compaction: 2 files became 1\n"), (code, output));
        Assert.Equal(3, new TableScan(Table, store).Plan().Length);
        Assert.Equal(2, new TableScan(Table, store).Plan().Count(t => kept.Contains(t.Data.File.FilePath)));
        Assert.Equal("compaction: nothing to do\n",
            harness.Run("maintenance", "compact", "events", "-w", warehouse, "--where", "id > 1000").Out);
        Assert.Equal(ExitCode.Invalid, harness.Run("maintenance", "compact", "events", "-w", warehouse, "--where", "id >").Code);
        Assert.Equal(ExitCode.NotFound, harness.Run("maintenance", "compact", "events", "-w", warehouse, "--where", "nothing = 1").Code);
    }

    [Fact]
    public void TheTablesPageSaysHowItIsKeptAndWhatIsDue()
    {
        var lines = harness.Run(["tables", "show", "events",
            .. Config("retention = 35d\nretention_column = at", "expire_after = 1m\nkeep_snapshots = 1")]).Out;
        Assert.Contains("  by itself            while k2i ingest runs\n", lines, StringComparison.Ordinal);
        Assert.Contains("  small files          4 of 4\n", lines, StringComparison.Ordinal);
        Assert.Contains("  write amplification  1.0\n", lines, StringComparison.Ordinal);
        Assert.Matches("  due                  retention: 1 files of .* older than 35d\n +statistics: there are no statistics\n", lines);
        Assert.Equal(ExitCode.Ok, harness.Run("maintenance", "compact", "events", "-w", warehouse).Code);
        using var json = JsonDocument.Parse(harness.Run("tables", "show", "events", "-w", warehouse, "--json").Out);
        var shape = json.RootElement.GetProperty("maintenance");
        Assert.Equal(JsonValueKind.Null, shape.GetProperty("by_itself").ValueKind);
        Assert.Equal((1, 1), (shape.GetProperty("data_files").GetInt32(), shape.GetProperty("small_files").GetInt32()));
        Assert.Equal(Table.Metadata.Snapshots[0].TimestampMs, shape.GetProperty("oldest_snapshot_unix_ms").GetInt64());
        Assert.Equal(new TableScan(Table, store).Plan()[0].Data.File.FileSizeBytes, shape.GetProperty("average_file_bytes").GetInt64());
        // Four small files came, and one with all of their rows was written.
        Assert.InRange(shape.GetProperty("write_amplification").GetDouble(), 1.2, 2);
        Assert.Equal("statistics", Assert.Single(shape.GetProperty("due").EnumerateArray()).GetProperty("kind").GetString());
    }

    [Fact]
    public void DeadLettersAreKeptAsTheirTableButForWhatGoesByItsColumns()
    {
        var options = harness.Load($"[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = {warehouse}\n"
            + "[table.events]\ntopics = e\nretention = 90d\nsort_by = id\nmaintenance.target_file_size = 64MiB\n").Options!.Engine;
        catalog.Create(DeadLetterTable.IdentFor(ident), new TableCreation { Schema = Table.Metadata.CurrentSchema });
        var catalogs = Catalogs.Open(options.Iceberg);
        var main = MaintainedTable.Of(options, catalogs, Table);
        var letters = MaintainedTable.Of(options, catalogs, catalog.Load(DeadLetterTable.IdentFor(ident)));
        Assert.Equal((true, true), (main.IsOn, letters.IsOn));
        Assert.NotNull(main.Policy.Retention);
        Assert.Null(letters.Policy.Retention);
        Assert.Equal(64 << 20, letters.Policy.Compaction!.TargetFileBytes);
        Assert.Equal(RowOrder.OfTable, letters.Policy.Compaction.Order);
    }

    [Fact]
    public void OfAllThatIsDoneOneFailureDoesNotKeepTheOthers()
    {
        foreach (var file in store.List($"{Table.Metadata.Location}/data").ToList()) store.Put(file.Location, new byte[file.Length]);
        var (code, output, error) = harness.Run("maintenance", "all", "events", "-w", warehouse);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("k2i: compaction: ", error, StringComparison.Ordinal);
        Assert.Contains("k2i: statistics: ", error, StringComparison.Ordinal);
        Assert.EndsWith("orphans: nothing found\n", output, StringComparison.Ordinal);
        Assert.Empty(Table.Metadata.Statistics);
    }

    [Fact]
    public void OrphansAreToldOfAndGoWhereThatIsAskedFor()
    {
        var orphan = Lose();
        var (code, output, _) = harness.Run("maintenance", "orphans", "events", "-w", warehouse);
        Assert.Equal((ExitCode.Ok, $"orphans: 1 files that the table does not name, 5 B; --remove removes them\n  {orphan} (5 B)\n"),
            (code, output));
        Assert.Contains("1 files that the table does not name",
            harness.Run("maintenance", "orphans", "events", "-w", warehouse, "--remove", "--dry-run").Out, StringComparison.Ordinal);
        Assert.True(store.Exists(orphan));
        Assert.Equal("orphans: 1 files removed, 5 B\n", harness.Run("maintenance", "orphans", "events", "-w", warehouse, "--remove").Out);
        Assert.False(store.Exists(orphan));
        Assert.Equal("orphans: nothing found\n", harness.Run("maintenance", "orphans", "events", "-w", warehouse).Out);
    }

    [Fact]
    public void WhatACrashLeftHalfWrittenGoesWithOrphans()
    {
        var lost = Lose();
        var left = Path.Combine(Path.GetDirectoryName(Location.LocalPath(lost))!, $".half.parquet.{Guid.NewGuid():N}.tmp");
        File.Move(Location.LocalPath(lost), left);
        var (code, output, _) = harness.Run("maintenance", "orphans", "events", "-w", warehouse);
        Assert.Equal(ExitCode.Ok, code);
        Assert.StartsWith("orphans: 1 objects that were begun and never ended\n", output, StringComparison.Ordinal);
        Assert.Contains("/half.parquet (since ", output, StringComparison.Ordinal);
        Assert.Equal("orphans: 1 objects given up that were never ended\n",
            harness.Run("maintenance", "orphans", "events", "-w", warehouse, "--remove").Out);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public void AllTellsOfOrphansAndLeavesThem()
    {
        var orphan = Lose();
        var (code, output, _) = harness.Run(["maintenance", "all", "events", .. Config("maintenance.orphans = remove")]);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains(orphan, output, StringComparison.Ordinal);
        Assert.True(store.Exists(orphan));
    }

    [Fact]
    public void SoMuchThatThePlaceLooksWrongFails()
    {
        var orphan = Lose(bytes: 100_000);
        var (code, output, _) = harness.Run("maintenance", "orphans", "events", "-w", warehouse, "--remove");
        Assert.Equal(ExitCode.Failed, code);
        Assert.StartsWith("orphans: not done: 1 files of 97.7 KiB", output, StringComparison.Ordinal);
        Assert.True(store.Exists(orphan));
        Assert.Equal(ExitCode.Ok, harness.Run("maintenance", "orphans", "events", "-w", warehouse, "--remove", "--force").Code);
    }

    [Fact]
    public void JsonHasEveryJob()
    {
        var orphan = Lose();
        using var json = JsonDocument.Parse(harness.Run("maintenance", "all", "events", "-w", warehouse, "--json").Out);
        Assert.Equal("default.events", json.RootElement.GetProperty("table").GetString());
        var jobs = json.RootElement.GetProperty("jobs").EnumerateArray()
            .ToDictionary(j => j.GetProperty("kind").GetString()!, j => j.Clone());
        Assert.Equal("nothing_to_do", jobs["expiry"].GetProperty("status").GetString());
        Assert.Equal("done", jobs["orphans"].GetProperty("status").GetString());
        Assert.Equal(orphan, jobs["orphans"].GetProperty("orphans")[0].GetProperty("file").GetString());
    }

    [Fact]
    public void ATableWhoseFilesAreNotItsAloneIsRefused()
    {
        Commit(new SetTableProperties { Updates = ImmutableSortedDictionary.Create<string, string>().Add("gc.enabled", "false") });
        var (code, output, _) = harness.Run("maintenance", "expire", "events", "-w", warehouse, "--older-than", "0");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("gc.enabled is false", output, StringComparison.Ordinal);
        Assert.Equal(4, Table.Metadata.Snapshots.Length);
    }

    [Theory]
    [InlineData(ExitCode.NotFound, "expire", "none")]
    [InlineData(ExitCode.Invalid, "expire")]
    [InlineData(ExitCode.Invalid, "expire", "events", "--older-than", "soon")]
    [InlineData(ExitCode.Invalid, "orphans", "events", "--older-than", "1h")]
    [InlineData(ExitCode.Invalid, "expier", "events")]
    [InlineData(ExitCode.Ok, "expire", "--help")]
    public void ExitCodesAreThoseOfOtherCommands(ExitCode code, params string[] line)
    {
        string[] where = line.Contains("--help") ? [] : ["-w", warehouse];
        Assert.Equal(code, harness.Run(["maintenance", .. line, .. where]).Code);
    }

    [Fact]
    public void TheConfigurationSaysHowTablesAreKept()
    {
        var options = harness.Load(
            $"[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = {warehouse}\n[maintenance]\nexpire_after = 2d\norphans = off\nmemory = 64MiB\n"
            + "[table.one]\ntopics = a\n[table.two]\ntopics = b\nmaintenance = off\nretention = 90d\n"
            + "maintenance.keep_snapshots = 7\nmaintenance.orphans = remove\nmaintenance.orphan_grace = 5d\n"
            + "maintenance.target_file_size = 64MiB\n").Options!.Engine;
        Assert.Equal(64L << 20, options.Maintenance.MemoryBytes);
        var (one, two) = (options.Tables[0], options.Tables[1]);
        Assert.Equal((true, false), (one.IsMaintained, two.IsMaintained));
        Assert.Equal(new MaintenancePolicy { Expiry = new ExpiryPolicy { MaxAgeMs = 2 * DayMs, MinSnapshots = 100 }, Orphans = null },
            one.Maintenance);
        Assert.Equal(new MaintenancePolicy
        {
            Compaction = new CompactionPolicy { TargetFileBytes = 64 << 20 },
            Expiry = new ExpiryPolicy { MaxAgeMs = 2 * DayMs, MinSnapshots = 7 },
            Orphans = new OrphanPolicy { GraceMs = 5 * DayMs, Remove = true },
            Retention = new RetentionPolicy("_kafka.timestamp", 90 * DayMs),
        }, two.Maintenance);
    }

    [Theory]
    [InlineData("retention_column = at", "retention_column: has no meaning without retention")]
    [InlineData("kafka_column = false\nretention = 1d", "retention: the table has no column _kafka")]
    [InlineData("maintenance.orphan_grace = 1h", "maintenance.orphan_grace: expected 1d to")]
    [InlineData("maintenance = maybe", "maintenance: expected on or off")]
    public void WrongKeysAreSaidToBe(string keys, string problem) =>
        Assert.Contains(problem, Assert.Single(harness.Problems(Harness.Minimal + keys)), StringComparison.Ordinal);

    [Fact]
    public void ATableOfATemplateIsKeptAsItSaysAndAnotherIsNot()
    {
        var text = $"[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = {warehouse}\n"
            + "[table.all]\ntopics = ^ev.*\ntable = ${topic}\nretention = 15d\nretention_column = at\n";
        var path = harness.File("k2i.ini", text);
        Assert.Contains("retention: 3 files of", harness.Run("maintenance", "plan", "events", "--config", path).Out,
            StringComparison.Ordinal);
        harness.File("k2i.ini", text.Replace("^ev.*", "^other.*", StringComparison.Ordinal));
        Assert.Contains("retention: nothing to do", harness.Run("maintenance", "plan", "events", "--config", path).Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public void OnATerminalThereIsABarThatGoesAway()
    {
        var clock = new FakeClock();
        harness.Width = 60;
        var error = new StringWriter();
        using var terminal = harness.Terminal(TextWriter.Null, error, Stream.Null);
        using (var line = new ProgressLine(terminal, clock, "orphans", quiet: false))
        {
            line.Show(0.1);
            clock.Pass(100);
            line.Show(0.5);
        }
        Assert.Equal($"\rorphans [{new string('#', 15)}{new string(' ', 15)}] 50 %\r{new string(' ', 59)}\r", error.ToString());
    }

    private string[] Config(string table, string maintenance = "") =>
        ["--config", harness.File("k2i.ini",
            $"[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = {warehouse}\n"
            + $"[maintenance]\n{maintenance}\n[table.events]\ntopics = events\n{table}\n")];

    private string Lose(int bytes = 5)
    {
        var location = $"{Table.Metadata.Location}/data/lost.parquet";
        store.Put(location, new byte[bytes]);
        File.SetLastWriteTimeUtc(Location.LocalPath(location), DateTime.UtcNow.AddDays(-9));
        return location;
    }

    private DataFile Write(Table table, string name, DateTimeOffset time)
    {
        var schema = table.Metadata.CurrentSchema;
        using var builder = BatchBuilder.ForScratch(schema, 1 << 20);
        for (var id = 0; id < 10; id++)
        {
            builder.Column(0).AppendLong(id);
            builder.Column(1).AppendLong(time.ToUnixTimeMilliseconds() * 1_000);
            Assert.True(builder.EndRow());
        }
        var location = $"{table.Metadata.Location}/data/{name}.parquet";
        using var target = store.Create(location);
        using var parquet = new ParquetWriter(schema, ParquetOptions.Default, new ObjectSink(target));
        parquet.Write(builder.View(), 0, builder.Rows);
        var result = parquet.Finish();
        target.Complete();
        return new DataFileBuilder(table.Metadata).Build(location, result, 0, PartitionTuple.Empty);
    }

    private void Commit(TableAction action) =>
        Assert.Equal(CommitStatus.Committed, new TableCommitter(catalog, store).Commit(ident, action).Status);
}
