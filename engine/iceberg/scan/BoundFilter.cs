using System.Collections.Immutable;

using K2I.Columns;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>A scan's filter in terms of its schema: says which manifests, files and row groups can be passed over, and which rows meet it.</summary>
internal sealed class BoundFilter
{
    private readonly Schema schema;
    private readonly TableMetadata table;

    internal BoundFilter(ScanFilter filter, Schema schema, TableMetadata table) : this(BoundCondition.Of(filter, schema, negated: false, nullsToo: false), schema, table)
    {
    }

    private BoundFilter(BoundCondition condition, Schema schema, TableMetadata table)
    {
        Condition = condition;
        this.schema = schema;
        this.table = table;
    }

    internal BoundCondition Condition { get; }

    internal IEnumerable<int> FieldIds => Condition.Predicates.Select(p => p.Field.Id).Distinct();

    /// <summary>Met by exactly those rows that do not meet <paramref name="filter"/>, where it comes to null included.</summary>
    internal static BoundFilter Complement(ScanFilter filter, Schema schema, TableMetadata table) => new(BoundCondition.Of(filter, schema, negated: true, nullsToo: true), schema, table);

    internal bool MayMatch(ManifestFile manifest)
    {
        if (table.FindSpec(manifest.SpecId) is not { } spec || manifest.Partitions.Length != spec.Fields.Length) return true;
        var types = table.PartitionTypes(spec);
        return Condition.Holds(predicate =>
        {
            for (var at = 0; at < spec.Fields.Length; at++)
            {
                var summary = manifest.Partitions[at];
                // Without bounds there may still be NaNs.
                var values = summary.LowerBound is not null || summary.ContainsNan != false;
                if (predicate.Field.Id == spec.Fields[at].SourceId && types[at] is { } type
                    && !predicate.MayMatchPartitions(spec.Fields[at].Transform, type, summary.LowerBound, summary.UpperBound, summary.ContainsNull, values)) return false;
            }
            return true;
        });
    }

    internal bool MayMatch(DataFile file)
    {
        var spec = table.FindSpec(file.SpecId);
        var types = spec is null || file.Partition.Length != spec.Fields.Length ? [] : table.PartitionTypes(spec);
        return Condition.Holds(predicate => MayMatchPartition(predicate, file, spec, types) && MayMatchBounds(predicate, file));
    }

    /// <summary>Whether a row group can have rows that meet the filter, by its statistics and Bloom filters.</summary>
    internal bool MayMatch(RowGroupStatistics group) => Condition.Holds(predicate =>
        predicate.Field.Type is not PrimitiveType || ((!group.TryGet(predicate.Field.Id, out var column) || MayMatch(predicate, column, group.Rows)) && predicate.MayBeIn(group)));

    /// <summary>Which rows of a row group can meet the filter, by its page indexes; null for all.</summary>
    internal RowSelection? Rows(RowGroupStatistics group)
    {
        var rows = Rows(Condition, group);
        return rows.Rows == group.Rows ? null : rows;
    }

    private static RowSelection Rows(BoundCondition condition, RowGroupStatistics group)
    {
        if (condition.Predicate is { } predicate)
            return predicate.Field.Type is PrimitiveType ? group.RowsWhere(predicate.Field.Id, page => MayMatch(predicate, page.Values, page.Rows)) : RowSelection.All(group.Rows);
        RowSelection? found = null;
        foreach (var part in condition.Parts)
        {
            var rows = Rows(part, group);
            found = found is null ? rows : condition.IsAny ? Either(found, rows) : found.And(rows);
        }
        return found ?? RowSelection.All(group.Rows);
    }

    private static RowSelection Either(RowSelection one, RowSelection other)
    {
        var ranges = new List<RowRange>();
        foreach (var range in one.Ranges.Concat(other.Ranges).OrderBy(r => r.From))
        {
            if (ranges.Count > 0 && range.From <= ranges[^1].To) ranges[^1] = new RowRange(ranges[^1].From, Math.Max(ranges[^1].To, range.To));
            else ranges.Add(range);
        }
        return RowSelection.Of(ranges);
    }

    private static bool MayMatch(BoundPredicate predicate, ColumnStatistics column, long rows)
    {
        var type = (PrimitiveType)predicate.Field.Type;
        return predicate.MayMatch(ColumnValue.ToSingle(type, column.Min), ColumnValue.ToSingle(type, column.Max), column.Nulls is not 0, column.Nulls != rows);
    }

    private static bool MayMatchPartition(BoundPredicate predicate, DataFile file, PartitionSpec? spec, ImmutableArray<DataType?> types)
    {
        for (var at = 0; at < types.Length; at++)
        {
            var value = file.Partition[at];
            if (predicate.Field.Id == spec!.Fields[at].SourceId && types[at] is { } type && (value is null || !SingleValue.IsNaN(type, value))
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
        // Below structs, counts may leave out the rows whose struct is null; where there is one for each row, they do not.
        if (values != file.RecordCount && !schema.Fields.Any(f => f.Id == id)) (nulls, values) = (null, long.MaxValue);
        return predicate.MayMatch(file.LowerBounds?.GetValueOrDefault(id), file.UpperBounds?.GetValueOrDefault(id), nulls is not 0, nulls is null || nulls < values);
    }
}
