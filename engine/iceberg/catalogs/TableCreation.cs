using System.Collections.Immutable;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>What a new table is to be. Ids in the schema and spec are those wanted; a catalog may assign others: go by the table it returns.</summary>
public sealed record TableCreation
{
    public required Schema Schema { get; init; }

    public PartitionSpec Spec { get; init; } = PartitionSpec.Unpartitioned;

    public SortOrder SortOrder { get; init; } = SortOrder.Unsorted;

    public int FormatVersion { get; init; } = 2;

    public ImmutableSortedDictionary<string, string> Properties { get; init; } = SummaryKeys.Empty;

    /// <summary>Where the table is to lie; null: where the catalog puts tables of its name.</summary>
    public string? Location { get; init; }

    /// <summary>The first metadata of the table, for catalogs that keep it themselves.</summary>
    /// <exception cref="EngineException">Invalid: no table can be so.</exception>
    public TableMetadata Build(TableIdent ident, string uuid, string location, long unixMs)
    {
        if (Refusal() is { } refusal) throw new EngineException(ErrorKind.Invalid, $"table {ident} cannot be created: {refusal}");
        return TableMetadataBuilder.Empty(FormatVersion).Apply(Updates(uuid, location)).Build(unixMs);
    }

    /// <summary>Why no table can be so; null if one can. Every catalog asks before it makes one.</summary>
    internal string? Refusal() =>
        FormatRules.Refusal(Schema, FormatVersion) ?? ColumnNames.Clashes(Schema.Struct, Spec.ReservedNames(Schema)).FirstOrDefault()?.ToString();

    /// <summary>The updates that make the table out of nothing.</summary>
    private IEnumerable<MetadataUpdate> Updates(string uuid, string location)
    {
        yield return new MetadataUpdate.AssignUuid(uuid);
        yield return new MetadataUpdate.SetLocation(location);
        yield return new MetadataUpdate.AddSchema(Schema, Schema.HighestId());
        yield return new MetadataUpdate.SetCurrentSchema(MetadataUpdate.LastAdded);
        yield return new MetadataUpdate.AddSpec(Spec);
        yield return new MetadataUpdate.SetDefaultSpec(MetadataUpdate.LastAdded);
        yield return new MetadataUpdate.AddSortOrder(SortOrder);
        yield return new MetadataUpdate.SetDefaultSortOrder(MetadataUpdate.LastAdded);
        yield return new MetadataUpdate.SetProperties(AllProperties);
    }

    /// <summary>The properties asked for, and those that every new table gets.</summary>
    internal ImmutableSortedDictionary<string, string> AllProperties => Properties.ContainsKey(TableProperties.ParquetCodec) ? Properties : Properties.Add(TableProperties.ParquetCodec, "zstd");
}
