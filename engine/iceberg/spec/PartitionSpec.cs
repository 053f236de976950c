using System.Collections.Immutable;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>How rows are divided into partitions: fields in tuple order. Without fields the table is unpartitioned.</summary>
public sealed record PartitionSpec(int SpecId, ImmutableArray<PartitionField> Fields)
{
    /// <summary>Partition field ids start here; one below is the last id of a table that never had any.</summary>
    public const int FirstFieldId = 1000;

    public static readonly PartitionSpec Unpartitioned = new(0, []);

    public bool IsUnpartitioned => Fields.All(f => f.Transform.Kind == TransformKind.Void);

    /// <summary>True if no transform is unknown to this build: only then can rows be written.</summary>
    public bool IsWritable => Fields.All(f => f.Transform.Kind != TransformKind.Unknown);

    /// <summary>The types of the tuple's values; null where the source column is gone from all the schemas or the transform is unknown.</summary>
    public ImmutableArray<DataType?> ResultTypes(params ReadOnlySpan<Schema> schemas)
    {
        var types = ImmutableArray.CreateBuilder<DataType?>(Fields.Length);
        foreach (var field in Fields)
        {
            DataType? source = null;
            foreach (var schema in schemas)
            {
                source = schema.FindById(field.SourceId)?.Type;
                if (source is not null) break;
            }
            types.Add(source is null ? null : field.Transform.ResultType(source));
        }
        return types.MoveToImmutable();
    }

    /// <summary>Names that columns of this schema may not have: partition fields share one space with them.</summary>
    public IEnumerable<ReservedName> ReservedNames(Schema schema) => Fields.Select(f => Reserved(f.Name, f.Transform, schema.PathOf(f.SourceId)));

    /// <summary>The name of a partition field; one whose values are its column's, or once were, may have that column's.</summary>
    internal static ReservedName Reserved(string name, Transform transform, string? sourcePath) =>
        new(name, $"partition field '{name}'", transform.Kind is TransformKind.Identity or TransformKind.Void ? sourcePath : null);

    /// <summary>True if both divide rows the same way: same sources and transforms in the same order, ids and names aside.</summary>
    public bool DividesLike(PartitionSpec other) =>
        Fields.Length == other.Fields.Length && Fields.Zip(other.Fields).All(p => p.First.SourceId == p.Second.SourceId && p.First.Transform == p.Second.Transform && p.First.Name == p.Second.Name);

    public bool Equals(PartitionSpec? other) => other is not null && SpecId == other.SpecId && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    public override int GetHashCode() => HashCode.Combine(SpecId, Fields.Length);
}
