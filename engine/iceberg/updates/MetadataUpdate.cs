using System.Collections.Immutable;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>One change of a table's metadata, as the REST protocol names them. <see cref="TableMetadataBuilder"/> applies them in order.</summary>
public abstract record MetadataUpdate
{
    /// <summary>Where an id is meant that an earlier update of the same commit assigned: the last schema, spec or sort order added.</summary>
    public const int LastAdded = -1;

    private MetadataUpdate()
    {
    }

    public sealed record AssignUuid(string Uuid) : MetadataUpdate;

    public sealed record UpgradeFormatVersion(int FormatVersion) : MetadataUpdate;

    /// <summary>Adds a schema; its id is assigned, or an equal schema's id is taken.</summary>
    public sealed record AddSchema(Schema Schema, int LastColumnId) : MetadataUpdate;

    public sealed record SetCurrentSchema(int SchemaId) : MetadataUpdate;

    /// <summary>Adds a partition spec; its id is assigned, or an equal spec's id is taken.</summary>
    public sealed record AddSpec(PartitionSpec Spec) : MetadataUpdate;

    public sealed record SetDefaultSpec(int SpecId) : MetadataUpdate;

    public sealed record AddSortOrder(SortOrder Order) : MetadataUpdate;

    public sealed record SetDefaultSortOrder(int OrderId) : MetadataUpdate;

    public sealed record AddSnapshot(Snapshot Snapshot) : MetadataUpdate;

    public sealed record SetSnapshotRef(string Name, SnapshotRef Ref) : MetadataUpdate;

    public sealed record RemoveSnapshots(ImmutableArray<SnapshotId> SnapshotIds) : MetadataUpdate;

    public sealed record RemoveSnapshotRef(string Name) : MetadataUpdate;

    public sealed record SetLocation(string Location) : MetadataUpdate;

    public sealed record SetProperties(ImmutableSortedDictionary<string, string> Updates) : MetadataUpdate;

    public sealed record RemoveProperties(ImmutableArray<string> Removals) : MetadataUpdate;

    public sealed record SetStatistics(StatisticsFile Statistics) : MetadataUpdate;

    public sealed record RemoveStatistics(SnapshotId SnapshotId) : MetadataUpdate;

    public sealed record SetPartitionStatistics(StatisticsFile Statistics) : MetadataUpdate;

    public sealed record RemovePartitionStatistics(SnapshotId SnapshotId) : MetadataUpdate;

    public sealed record RemovePartitionSpecs(ImmutableArray<int> SpecIds) : MetadataUpdate;

    public sealed record RemoveSchemas(ImmutableArray<int> SchemaIds) : MetadataUpdate;

    public sealed record AddEncryptionKey(EncryptedKey Key) : MetadataUpdate;

    public sealed record RemoveEncryptionKey(string KeyId) : MetadataUpdate;
}
