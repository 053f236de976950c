using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Parquet;
using K2I.Storage;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>Compacted tables hold the rows they held, in fewer files.</summary>
public sealed class CompactionJobTests(ITestOutputHelper output)
{
    private static readonly Schema Columns = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true), new Field(2, "name", PrimitiveType.String, false),
            new Field(3, "n", PrimitiveType.Int, false), new Field(4, "at", PrimitiveType.TimestampTz, false));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void SmallFilesBecomeOneWithTheSameRowsInTheSameOrder(int formatVersion)
    {
        using var table = MaintainedTable.InMemory(Columns, "", formatVersion);
        for (var n = 0; n < 5; n++) table.Append(100);
        var (rows, lineage) = (table.Rows(), table.Rows(formatVersion >= 3));
        var outcome = Assert.Single(table.Keep());
        Assert.Null(outcome.Conflict);
        Assert.Equal((5, 1, 500), (outcome.FilesIn, outcome.FilesOut, outcome.RowsRewritten));
        Assert.Equal(rows, table.Rows());
        Assert.Equal(lineage, table.Rows(formatVersion >= 3));
        Assert.Single(table.Files());
        table.Lint(orphans: false);
    }

    [Fact]
    public void TheCommitCarriesWhatTheBaseOfTheCommitCarriesAndFilesWhatTheirInputsDid()
    {
        using var table = MaintainedTable.InMemory(Columns);
        for (var n = 0; n < 3; n++) table.Append(10);
        var plan = Assert.Single(table.Plan());
        using var job = plan.Start(table.Context);
        Assert.True(job.Step());
        table.Append(10);
        var last = table.Table.Metadata.CurrentSnapshotId;
        while (job.Step())
        {
        }
        var snapshot = table.Table.Metadata.CurrentSnapshot!;
        Assert.Equal("replace", snapshot.Operation);
        Assert.Equal($"{last}", snapshot.Summary["test.base"]);
        Assert.Equal(job.Outcome!.Snapshot, snapshot.SnapshotId);
        var compacted = table.Files().Single(t => Generation.Of(t.Data.File.FilePath) == 1);
        Assert.Equal(3, compacted.Data.SequenceNumber);
        using var reader = new ParquetReader(new MemorySource("file", table.Store.Read(compacted.Data.File.FilePath)));
        Assert.Equal("3", reader.Metadata["test.replaced"]);
        Assert.Contains("\"fields\"", reader.Metadata["iceberg.schema"]);
    }

    /// <summary>Every type at the top, and below structs and lists.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void RowsOfEveryTypeStayWhatTheyAre(int seed)
    {
        output.WriteLine($"seed {seed}");
        var id = 1;
        var schema = Schema.Of(
        [
            .. Types.Primitives.Select(k => new Field(id++, $"c{id}", Types.Of(k), k == TypeKind.Long)),
            new Field(100, "s", new StructType([.. Types.Primitives.Select(k => new Field(id++, $"s{id}", Types.Of(k), false))]), false),
            .. Types.Primitives.Select(k => new Field(id++, $"l{id}", new ListType(new Field(id++, "element", Types.Of(k), false)), false)),
        ]);
        using var table = MaintainedTable.InMemory(schema, seed % 2 == 0 ? "" : "bucket(2, c3)", 3, seed);
        for (var n = 0; n < 4; n++) table.Append(200);
        table.Delete((_, row) => row % 9 == 0);
        var rows = table.SortedRows(lineage: true);
        Assert.All(table.Keep(), o => Assert.Null(o.Conflict));
        Assert.Equal(rows, table.SortedRows(lineage: true));
        Assert.InRange(table.Files().Length, 1, 3);
        table.Lint();
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    public void WhateverHappenedToATableItsRowsStay(int formatVersion, int seed)
    {
        output.WriteLine($"seed {seed}");
        using var table = MaintainedTable.InMemory(Columns, "truncate(20, n)", formatVersion, seed);
        var random = table.Random;
        var (names, merged) = (0, 0);
        for (var step = 0; step < 40; step++)
        {
            switch (random.Next(13))
            {
                case < 5:
                    table.Append(random.Next(1, 60));
                    break;
                case < 7:
                    table.Delete((_, _) => random.Next(5) == 0);
                    break;
                case 7 when table.Files() is { IsEmpty: false } files && table.Table.Metadata.CurrentSchema.FindById(1) is { } id:
                    table.DeleteEqual(id, [random.Next(-20, 20), random.Next(-20, 20), 0],
                        files[random.Next(files.Length)].Data.File is var f
                        && f.SpecId == table.Table.Metadata.DefaultSpecId ? f.Partition : PartitionTuple.Empty);
                    break;
                case 8:
                    table.Commit(new UpdateSchema().Add("", $"x{names++}", random.Next(2) == 0 ? PrimitiveType.Int : PrimitiveType.String));
                    break;
                case 9 when table.Table.Metadata.CurrentSchema.Fields is { Length: > 4 } fields:
                    table.Commit(random.Next(3) switch
                    {
                        0 => new UpdateSchema().Drop(fields[^1].Name),
                        1 => new UpdateSchema().Rename(fields[^1].Name, $"x{names++}"),
                        _ => fields[^1].Type.Kind == TypeKind.Int ? new UpdateSchema().Widen(fields[^1].Name, PrimitiveType.Long)
                            : new UpdateSchema().Add("", $"x{names++}", PrimitiveType.Date),
                    });
                    break;
                case 10:
                    table.Commit(new UpdateSpec(
                        ((string[])["truncate(20, n)", "", "bucket(3, id)", "day(at), truncate(2, name)"])[random.Next(4)]));
                    break;
                default:
                    Compact();
                    break;
            }
        }
        Compact();
        Assert.True(merged > 0);

        void Compact()
        {
            var before = table.SortedRows(formatVersion >= 3);
            var files = table.Files().Length;
            foreach (var outcome in table.Keep()) Assert.Null(outcome.Conflict);
            Assert.Equal(before, table.SortedRows(formatVersion >= 3));
            if (table.Files().All(t => t.Data.File.SpecId == table.Table.Metadata.DefaultSpecId)) merged += files - table.Files().Length;
            table.Lint();
        }
    }
}
