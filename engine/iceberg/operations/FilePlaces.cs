using System.Collections.Immutable;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Files to look for in manifests; most manifests are passed over by their spec and the bounds of their partitions.</summary>
internal sealed class FilePlaces
{
    private readonly HashSet<FileKey> keys;
    private readonly Dictionary<int, (ImmutableArray<DataType?> Types, List<PartitionTuple> Partitions)> specs = [];

    public FilePlaces(TableMetadata table, ImmutableArray<DataFile> files)
    {
        keys = [.. files.Select(FileKey.Of)];
        foreach (var group in files.GroupBy(f => f.SpecId))
            specs[group.Key] = (table.FindSpec(group.Key) is { } spec ? table.PartitionTypes(spec) : [], [.. group.Select(f => f.Partition).Distinct()]);
    }

    public bool Contains(DataFile file) => keys.Contains(FileKey.Of(file));

    public bool MayBeIn(ManifestFile manifest) =>
        specs.TryGetValue(manifest.SpecId, out var spec) && (manifest.Partitions.Length != spec.Types.Length || spec.Partitions.Any(p => p.Length != spec.Types.Length || Covers(manifest, spec.Types, p)));

    private static bool Covers(ManifestFile manifest, ImmutableArray<DataType?> types, PartitionTuple partition)
    {
        for (var at = 0; at < types.Length; at++)
        {
            var summary = manifest.Partitions[at];
            if (types[at] is not { } type) continue;
            if (partition[at] is not { } value)
            {
                if (!summary.ContainsNull) return false;
            }
            else if (!SingleValue.IsNaN(type, value))
            {
                // Uuids are ordered otherwise by Iceberg Java: their bounds say nothing.
                if (type.Kind == TypeKind.Uuid || summary.LowerBound is not { } lower || summary.UpperBound is not { } upper) continue;
                if (SingleValue.Compare(type, value, lower) < 0 || SingleValue.Compare(type, value, upper) > 0) return false;
            }
        }
        return true;
    }
}
