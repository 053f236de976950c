using System.Collections.Immutable;

using K2I.Columns;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>A scan's filter in terms of its schema: says which manifests, files and row groups can be passed over, and which rows meet it.</summary>
internal sealed class BoundFilter(ScanFilter filter, Schema schema, TableMetadata table)
{
    private readonly ImmutableArray<BoundPredicate> predicates = [.. filter.Predicates.Select(p => new BoundPredicate(p, schema))];

    internal IEnumerable<int> FieldIds => predicates.Select(p => p.Field.Id).Distinct();

    internal ImmutableArray<BoundPredicate> Predicates => predicates;

    internal bool MayMatch(ManifestFile manifest)
    {
        if (table.FindSpec(manifest.SpecId) is not { } spec || manifest.Partitions.Length != spec.Fields.Length) return true;
        var types = table.PartitionTypes(spec);
        for (var at = 0; at < spec.Fields.Length; at++)
        {
            var summary = manifest.Partitions[at];
            // Without bounds there may still be NaNs.
            var values = summary.LowerBound is not null || summary.ContainsNan != false;
            foreach (var predicate in predicates)
                if (predicate.Field.Id == spec.Fields[at].SourceId && types[at] is { } type
                    && !predicate.MayMatchPartitions(spec.Fields[at].Transform, type, summary.LowerBound, summary.UpperBound, summary.ContainsNull, values)) return false;
        }
        return true;
    }

    internal bool MayMatch(DataFile file) => MayMatchPartition(file) && predicates.All(p => MayMatchBounds(p, file));

    /// <summary>Whether a row group can have rows that meet the filter.</summary>
    internal bool MayMatch(RowGroupStatistics group)
    {
        foreach (var predicate in predicates)
        {
            if (predicate.Field.Type is not PrimitiveType type || !group.TryGet(predicate.Field.Id, out var column)) continue;
            var (lower, upper) = (ColumnValue.ToSingle(type, column.Min), ColumnValue.ToSingle(type, column.Max));
            if (!predicate.MayMatch(lower, upper, column.Nulls is not 0, column.Nulls != group.Rows)) return false;
        }
        return true;
    }

    private bool MayMatchPartition(DataFile file)
    {
        if (table.FindSpec(file.SpecId) is not { } spec || file.Partition.Length != spec.Fields.Length) return true;
        var types = table.PartitionTypes(spec);
        for (var at = 0; at < spec.Fields.Length; at++)
        {
            var value = file.Partition[at];
            foreach (var predicate in predicates)
                if (predicate.Field.Id == spec.Fields[at].SourceId && types[at] is { } type && (value is null || !SingleValue.IsNaN(type, value))
                    && !predicate.MayMatchPartitions(spec.Fields[at].Transform, type, value, value, value is null, value is not null)) return false;
        }
        return true;
    }

    private bool MayMatchBounds(BoundPredicate predicate, DataFile file)
    {
        var id = predicate.Field.Id;
        // A column that the file lacks has no counts; what it holds then is the scan's to say.
        if (file.ValueCounts is null || !file.ValueCounts.TryGetValue(id, out var values)) return true;
        long? nulls = file.NullValueCounts is not null && file.NullValueCounts.TryGetValue(id, out var count) ? count : null;
        // Below structs, counts may leave out the rows whose struct is null.
        if (!schema.Fields.Any(f => f.Id == id)) (nulls, values) = (null, long.MaxValue);
        return predicate.MayMatch(file.LowerBounds?.GetValueOrDefault(id), file.UpperBounds?.GetValueOrDefault(id), nulls is not 0, nulls is null || nulls < values);
    }
}
