using System.Collections.Immutable;
using System.Globalization;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Everything a table's metadata file says. Immutable; <see cref="TableMetadataBuilder"/> makes the next one. Source: table spec, "Table Metadata".</summary>
public sealed record TableMetadata
{
    /// <summary>The newest version this build reads and writes. Version 1 is read only.</summary>
    public const int MaxFormatVersion = 3;

    public required int FormatVersion { get; init; }

    /// <summary>Who the table is: never changes; a name with another uuid is another table.</summary>
    public required string Uuid { get; init; }

    /// <summary>The table's folder, without a slash at the end.</summary>
    public required string Location { get; init; }

    /// <summary>The highest sequence number of any snapshot.</summary>
    public long LastSequenceNumber { get; init; }

    public required long LastUpdatedMs { get; init; }

    /// <summary>The highest column id ever assigned; ids are not used again.</summary>
    public required int LastColumnId { get; init; }

    public required ImmutableArray<Schema> Schemas { get; init; }

    public required int CurrentSchemaId { get; init; }

    public required ImmutableArray<PartitionSpec> Specs { get; init; }

    public required int DefaultSpecId { get; init; }

    /// <summary>The highest partition field id ever assigned.</summary>
    public required int LastPartitionId { get; init; }

    public required ImmutableArray<SortOrder> SortOrders { get; init; }

    public required int DefaultSortOrderId { get; init; }

    public ImmutableSortedDictionary<string, string> Properties { get; init; } = SummaryKeys.Empty;

    public SnapshotId? CurrentSnapshotId { get; init; }

    public ImmutableArray<Snapshot> Snapshots { get; init; } = [];

    public ImmutableSortedDictionary<string, SnapshotRef> Refs { get; init; } = ImmutableSortedDictionary.Create<string, SnapshotRef>(StringComparer.Ordinal);

    public ImmutableArray<SnapshotLogEntry> SnapshotLog { get; init; } = [];

    public ImmutableArray<MetadataLogEntry> MetadataLog { get; init; } = [];

    public ImmutableArray<StatisticsFile> Statistics { get; init; } = [];

    public ImmutableArray<StatisticsFile> PartitionStatistics { get; init; } = [];

    /// <summary>Version 3: the next row id to hand out.</summary>
    public long NextRowId { get; init; }

    public ImmutableArray<EncryptedKey> EncryptionKeys { get; init; } = [];

    /// <summary>Top-level fields this build does not know, as JSON text, kept on rewriting.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Unknown { get; init; } = [];

    public Schema CurrentSchema => FindSchema(CurrentSchemaId) ?? throw Missing("schema", CurrentSchemaId);

    public PartitionSpec DefaultSpec => FindSpec(DefaultSpecId) ?? throw Missing("partition spec", DefaultSpecId);

    public SortOrder DefaultSortOrder => SortOrders.FirstOrDefault(o => o.OrderId == DefaultSortOrderId) ?? (DefaultSortOrderId == 0 ? SortOrder.Unsorted : null) ?? throw Missing("sort order", DefaultSortOrderId);

    public Snapshot? CurrentSnapshot => CurrentSnapshotId is { } id ? FindSnapshot(id) : null;

    public Schema? FindSchema(int id) => Schemas.FirstOrDefault(s => s.SchemaId == id);

    public PartitionSpec? FindSpec(int id) => Specs.FirstOrDefault(s => s.SpecId == id);

    public Snapshot? FindSnapshot(SnapshotId id)
    {
        for (var at = Snapshots.Length - 1; at >= 0; at--)
            if (Snapshots[at].SnapshotId == id) return Snapshots[at];
        return null;
    }

    /// <summary>The snapshot a branch or tag points at; null if the name or the snapshot is not there.</summary>
    public Snapshot? Head(string reference) => Refs.TryGetValue(reference, out var target) ? FindSnapshot(target.SnapshotId) : null;

    /// <summary>From a branch's head back through the parents, as far as they have not expired; newest first.</summary>
    public IEnumerable<Snapshot> Ancestors(string reference = SnapshotRef.Main)
    {
        var byId = Snapshots.ToDictionary(s => s.SnapshotId);
        var at = Head(reference);
        for (var steps = 0; at is not null && steps <= byId.Count; steps++)
        {
            yield return at;
            at = at.ParentSnapshotId is { } parent ? byId.GetValueOrDefault(parent) : null;
        }
    }

    /// <summary>The field with this id in the current schema or, if it was dropped, in the newest schema that had it.</summary>
    public Field? FindFieldEver(int id) => CurrentSchema.FindById(id) ?? Schemas.Reverse().Select(s => s.FindById(id)).FirstOrDefault(f => f is not null);

    /// <summary>The value types of a spec's tuples; null where they cannot be known.</summary>
    public ImmutableArray<DataType?> PartitionTypes(PartitionSpec spec) => spec.ResultTypes([CurrentSchema, .. Schemas.Reverse()]);

    /// <summary>What columns of a schema of this table clash in, its partition fields of all specs included.</summary>
    public IReadOnlyList<NameClash> NameClashes(Schema schema)
    {
        List<NameClash> clashes = [];
        _ = NamesOf(schema, clashes);
        return clashes;
    }

    /// <summary>The rule for names with the schema's columns taken, as far as they go together; <paramref name="clashes"/> gets what does not.</summary>
    public ColumnNames NamesOf(Schema schema, List<NameClash> clashes)
    {
        var names = new ColumnNames(Specs.SelectMany(s => s.ReservedNames(schema)));
        foreach (var field in schema.Fields) _ = names.Take(field, clashes);
        return names;
    }

    /// <summary>Where manifests and their lists go, without a slash at the end. A catalog may put metadata files elsewhere.</summary>
    public string MetadataFolder => Property("write.metadata.path") is { Length: > 0 } path ? path.TrimEnd('/') : Location + "/metadata";

    public string? Property(string key) => Properties.GetValueOrDefault(key);

    /// <summary>A whole number from the properties; the default if it is absent or not a number.</summary>
    public long LongProperty(string key, long otherwise) =>
        Properties.TryGetValue(key, out var text) && TryNumber(text, out var value) ? value : otherwise;

    /// <summary>As Java reads it: what is not true is false.</summary>
    public bool BoolProperty(string key, bool otherwise) =>
        Properties.TryGetValue(key, out var text) ? string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) : otherwise;

    /// <summary>A whole number as properties have it.</summary>
    public static bool TryNumber(string text, out long value) => long.TryParse(text, CultureInfo.InvariantCulture, out value);

    private static EngineException Missing(string what, int id) => new(ErrorKind.Corrupt, $"the table metadata names {what} {id}, which it does not hold");
}
