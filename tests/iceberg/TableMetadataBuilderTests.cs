using System.Collections.Immutable;

using K2I.Base;
using K2I.Columns;

using static K2I.Iceberg.MetadataUpdate;

namespace K2I.Iceberg.Tests;

public sealed class TableMetadataBuilderTests
{
    private static TableMetadata New(int version = 2) => TestTables.Creation("bucket(4, id)", version).Build(TestTables.Events, "uuid-1", "memory://wh/t", 1000);

    private static Snapshot Snap(TableMetadata table, long id, long? time = null) => new()
    {
        SnapshotId = new(id),
        ParentSnapshotId = table.CurrentSnapshotId,
        SequenceNumber = table.LastSequenceNumber + 1,
        TimestampMs = time ?? table.LastUpdatedMs + 10,
        ManifestList = $"memory://wh/t/metadata/snap-{id}.avro",
        Summary = TestTables.Strings(("operation", "append")),
        SchemaId = table.CurrentSchemaId,
        FirstRowId = table.FormatVersion >= 3 ? table.NextRowId : null,
        AddedRows = table.FormatVersion >= 3 ? 10 : null,
    };

    private static TableMetadata Commit(TableMetadata table, long now, params MetadataUpdate[] updates) => TableMetadataBuilder.From(table, $"memory://wh/t/v{now}").Apply(updates).Build(now);

    private static TableMetadata Append(TableMetadata table, long id, long now) =>
        Commit(table, now, new AddSnapshot(Snap(table, id, now)), new SetSnapshotRef("main", new SnapshotRef(new(id), true)));

    [Fact]
    public void NewTableHasWhatReadersNeed()
    {
        var table = New();
        Assert.Equal((0, 0, 0, 3, 1000), (table.CurrentSchemaId, table.DefaultSpecId, table.DefaultSortOrderId, table.LastColumnId, table.LastPartitionId));
        Assert.Equal("zstd", table.Property("write.parquet.compression-codec"));
        Assert.Null(table.CurrentSnapshotId);
        Assert.Empty(table.MetadataLog);
    }

    [Fact]
    public void EqualSchemaSpecAndOrderAreNotAddedTwice()
    {
        var table = New();
        var schema = table.CurrentSchema with { SchemaId = 77 };
        var again = Commit(table, 2000, new AddSchema(schema, 3), new SetCurrentSchema(LastAdded), new AddSpec(table.DefaultSpec with { SpecId = 9 }), new SetDefaultSpec(LastAdded),
            new AddSortOrder(SortOrder.Unsorted), new SetDefaultSortOrder(LastAdded), new SetProperties(TestTables.Strings(("a", "b"))));
        Assert.Equal((1, 1, 1), (again.Schemas.Length, again.Specs.Length, again.SortOrders.Length));
    }

    [Fact]
    public void NothingChangedIsTheBase()
    {
        var table = New();
        Assert.Same(table, Commit(table, 5000));
    }

    [Fact]
    public void StaleSequenceNumberIsAConflict()
    {
        var table = Append(New(), 1, 2000);
        var stale = Snap(New(), 2) with { ParentSnapshotId = new(1) };
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => Commit(table, 3000, new AddSnapshot(stale))).Kind);
    }

    [Fact]
    public void StaleRowIdIsAConflict()
    {
        var table = Append(New(3), 1, 2000);
        Assert.Equal(10, table.NextRowId);
        var stale = Snap(table, 2) with { FirstRowId = 0 };
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => Commit(table, 3000, new AddSnapshot(stale))).Kind);
    }

    [Fact]
    public void SnapshotLogFollowsMainOnly()
    {
        var table = Append(New(), 1, 2000);
        table = Commit(table, 3000, new AddSnapshot(Snap(table, 2, 3000)), new SetSnapshotRef("side", new SnapshotRef(new(2), true)));
        Assert.Equal([new SnapshotLogEntry(2000, new(1))], table.SnapshotLog.ToArray());
        var three = Snap(table, 3, 4000);
        var four = three with { SnapshotId = new(4), SequenceNumber = three.SequenceNumber + 1, ParentSnapshotId = new(3) };
        table = Commit(table, 4000, new AddSnapshot(three), new SetSnapshotRef("main", new SnapshotRef(new(3), true)), new AddSnapshot(four), new SetSnapshotRef("main", new SnapshotRef(new(4), true)));
        Assert.Equal([new SnapshotLogEntry(2000, new(1)), new SnapshotLogEntry(4000, new(4))], table.SnapshotLog.ToArray());
        table = Commit(table, 9000, new SetSnapshotRef("main", new SnapshotRef(new(1), true)));
        Assert.Equal(new SnapshotLogEntry(9000, new(1)), table.SnapshotLog[^1]);
    }

    [Fact]
    public void ExpiryCutsTheLogAndKeepsRefs()
    {
        var table = New();
        for (var id = 1; id <= 4; id++) table = Append(table, id, 1000 + (id * 1000));
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(table, 9000, new RemoveSnapshots([new(4)]))).Kind);
        table = Commit(table, 9000, new RemoveSnapshots([new(2)]));
        Assert.Equal([3L, 4L], table.SnapshotLog.Select(e => e.SnapshotId.Value));
        Assert.Equal([1L, 3L, 4L], table.Snapshots.Select(s => s.SnapshotId.Value));
    }

    [Fact]
    public void MetadataLogNamesWhatWentBeforeAndIsTrimmed()
    {
        var table = Commit(New(), 2000, new SetProperties(TestTables.Strings(("write.metadata.previous-versions-max", "3"))));
        for (var n = 3; n < 10; n++) table = Commit(table, n * 1000, new SetProperties(TestTables.Strings(("n", $"{n}"))));
        Assert.Equal([new MetadataLogEntry(6000, "memory://wh/t/v7000"), new MetadataLogEntry(7000, "memory://wh/t/v8000"), new MetadataLogEntry(8000, "memory://wh/t/v9000")], table.MetadataLog.ToArray());
    }

    [Fact]
    public void TimeNeverRunsBackwards()
    {
        var table = Append(New(), 1, 2000);
        Assert.Equal(2000, Commit(table, 500, new SetProperties(TestTables.Strings(("a", "b")))).LastUpdatedMs);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(Append(table, 2, 200_000), 200_001, new AddSnapshot(Snap(table, 3, 2000) with { SequenceNumber = 3 }))).Kind);
    }

    [Theory]
    [InlineData("uuid")]
    [InlineData("format-version")]
    [InlineData("current-snapshot-id")]
    public void ReservedPropertiesAreRefused(string key) => Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(New(), 1, new SetProperties(TestTables.Strings((key, "x"))))).Kind);

    [Fact]
    public void ImpossibleUpdatesAreRefused()
    {
        var table = Append(New(), 1, 2000);
        foreach (var update in (MetadataUpdate[])
        [
            new AssignUuid("other"), new UpgradeFormatVersion(1), new SetCurrentSchema(5), new SetCurrentSchema(LastAdded), new SetDefaultSpec(5), new SetDefaultSortOrder(5),
            new SetSnapshotRef("main", new SnapshotRef(new(99), true)), new SetSnapshotRef("main", new SnapshotRef(new(1), false)), new RemoveSchemas([0]), new RemovePartitionSpecs([0]),
            new AddEncryptionKey(new EncryptedKey("k", "{}")), new AddSpec(new PartitionSpec(0, [new PartitionField(55, 1001, "x", Transform.Identity)])),
        ])
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Commit(table, 3000, update)).Kind);
    }

    [Fact]
    public void RequirementsAreHeldAgainstTheTable()
    {
        var table = Append(New(), 1, 2000);
        TableRequirement[] hold =
        [
            new TableRequirement.AssertTableUuid("uuid-1"), new TableRequirement.AssertRefSnapshotId("main", new(1)), new TableRequirement.AssertRefSnapshotId("other", null), new TableRequirement.AssertLastAssignedFieldId(3),
            new TableRequirement.AssertCurrentSchemaId(0), new TableRequirement.AssertLastAssignedPartitionId(1000), new TableRequirement.AssertDefaultSpecId(0), new TableRequirement.AssertDefaultSortOrderId(0),
        ];
        TableRequirement[] fail =
        [
            new TableRequirement.AssertCreate(), new TableRequirement.AssertTableUuid("x"), new TableRequirement.AssertRefSnapshotId("main", null), new TableRequirement.AssertRefSnapshotId("main", new(2)),
            new TableRequirement.AssertLastAssignedFieldId(2), new TableRequirement.AssertCurrentSchemaId(1), new TableRequirement.AssertDefaultSpecId(1),
        ];
        Assert.All(hold, r => Assert.Null(r.Violation(table)));
        Assert.All(fail, r => Assert.NotNull(r.Violation(table)));
        Assert.Null(new TableRequirement.AssertCreate().Violation(null));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void RandomUpdatesKeepMetadataValid(int seed, int version)
    {
        var random = new Random(seed);
        var table = New(version);
        for (var step = 1; step < 400; step++)
        {
            var now = table.LastUpdatedMs + random.Next(-2000, 5000);
            var before = table;
            try
            {
                table = Commit(table, now, Choose(random, table, step));
            }
            catch (EngineException error)
            {
                Assert.Equal(ErrorKind.Invalid, error.Kind);
                continue;
            }
            Assert.True(table.LastUpdatedMs >= before.LastUpdatedMs);
            Assert.True(table.LastSequenceNumber >= before.LastSequenceNumber && table.LastColumnId >= before.LastColumnId && table.LastPartitionId >= before.LastPartitionId && table.NextRowId >= before.NextRowId);
            Assert.Equal(table.CurrentSnapshotId, table.Refs.GetValueOrDefault("main")?.SnapshotId);
            if (!table.SnapshotLog.IsEmpty) Assert.Equal(table.CurrentSnapshotId, table.SnapshotLog[^1].SnapshotId);
            Assert.All(table.SnapshotLog, e => Assert.NotNull(table.FindSnapshot(e.SnapshotId)));
            Assert.All(table.Refs, r => Assert.NotNull(table.FindSnapshot(r.Value.SnapshotId)));
            Assert.Equal(table.Schemas.Length, table.Schemas.Select(s => s.SchemaId).Distinct().Count());
            Assert.Equal(table.Specs.Length, table.Specs.Select(s => s.SpecId).Distinct().Count());
            var bytes = TableMetadataJson.ToBytes(table);
            Assert.Equal(bytes, TableMetadataJson.ToBytes(TableMetadataJson.Parse(bytes, "round trip")));
        }
        Assert.True(table.LastSequenceNumber > 50);
    }

    private static MetadataUpdate[] Choose(Random random, TableMetadata table, int step)
    {
        switch (random.Next(9))
        {
            case 0 or 1 or 2:
                var snapshot = Snap(table, step);
                return [new AddSnapshot(snapshot), new SetSnapshotRef(random.Next(4) == 0 ? "side" : "main", new SnapshotRef(new(step), true))];
            case 3:
                var id = table.LastColumnId + 1;
                return [new AddSchema(new Schema(0, new StructType(table.CurrentSchema.Fields.Add(new Field(id, $"c{id}", PrimitiveType.String, false)))), id), new SetCurrentSchema(LastAdded)];
            case 4:
                return [new SetCurrentSchema(random.Next(table.Schemas.Length))];
            case 5:
                return [new AddSpec(PartitionSpecText.Parse($"bucket({random.Next(1, 5)}, id)", table.CurrentSchema, table)), new SetDefaultSpec(LastAdded)];
            case 6:
                return table.Snapshots.IsEmpty ? [] : [new RemoveSnapshots([table.Snapshots[random.Next(table.Snapshots.Length)].SnapshotId])];
            case 7:
                return table.Snapshots.IsEmpty ? [] : [new SetSnapshotRef("main", new SnapshotRef(table.Snapshots[random.Next(table.Snapshots.Length)].SnapshotId, true))];
            default:
                return [new SetProperties(TestTables.Strings(($"p{random.Next(5)}", $"{step}")))];
        }
    }
}
