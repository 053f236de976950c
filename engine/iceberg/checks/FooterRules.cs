using K2I.Columns;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>A data file's footer against what its manifest says of its columns: a bound that is too tight, or a partition that is not the rows', hides rows from every reader. Rows are not read.</summary>
/// <remarks>Looked at are columns beside each other, not below structs or lists, whose statistics are exact: those of text and bytes may be cut short.</remarks>
internal static class FooterRules
{
    public static void Check(TableMetadata table, DataFile file, ParquetReader reader, Findings findings)
    {
        var fields = table.CurrentSchema.Fields.Where(f => f.Type is PrimitiveType).Select(f => f with { Required = false }).ToList();
        if (fields.Count == 0) return;
        var nulls = new Dictionary<int, long?>();
        var complete = new Dictionary<int, long>();
        reader.Select(new ReadRequest { Schema = new Schema(0, new StructType([.. fields])), Names = DeleteReader.Names(table), Keep = Look });
        while (reader.TryRead(out _))
        {
        }
        foreach (var (id, groups) in complete)
        {
            if (groups < reader.RowGroups || nulls[id] is not { } count || file.NullValueCounts?.TryGetValue(id, out var said) != true) continue;
            findings.Unless(said == count, "file-metrics", file.FilePath, $"column {id} has {count} nulls, the manifest says {said}");
        }

        bool Look(RowGroupStatistics group)
        {
            foreach (var field in fields)
            {
                if (!group.TryGet(field.Id, out var column)) continue;
                complete[field.Id] = complete.GetValueOrDefault(field.Id) + 1;
                nulls[field.Id] = nulls.GetValueOrDefault(field.Id, 0) + column.Nulls;
                if (field.Type.Kind is TypeKind.String or TypeKind.Binary or TypeKind.Fixed or TypeKind.Uuid) continue;
                var (min, max) = (ColumnValue.ToSingle(field.Type, column.Min), ColumnValue.ToSingle(field.Type, column.Max));
                if (min is null || max is null) continue;
                CheckBounds(file, field, min, max, findings);
                CheckPartition(table, file, field, min, max, column.Nulls, findings);
            }
            return false;
        }
    }

    private static void CheckBounds(DataFile file, Field field, byte[] min, byte[] max, Findings findings)
    {
        if (file.LowerBounds?.GetValueOrDefault(field.Id) is { } lower && Compare(field.Type, min, lower) < 0)
            findings.Error("file-bounds", file.FilePath, $"column {field.Id} has values down to {SingleValue.ToHuman(field.Type, min)}, the manifest says {SingleValue.ToHuman(field.Type, lower)}");
        if (file.UpperBounds?.GetValueOrDefault(field.Id) is { } upper && Compare(field.Type, max, upper) > 0)
            findings.Error("file-bounds", file.FilePath, $"column {field.Id} has values up to {SingleValue.ToHuman(field.Type, max)}, the manifest says {SingleValue.ToHuman(field.Type, upper)}");
    }

    private static void CheckPartition(TableMetadata table, DataFile file, Field field, byte[] min, byte[] max, long? nulls, Findings findings)
    {
        if (table.FindSpec(file.SpecId) is not { } spec || spec.Fields.Length != file.Partition.Length) return;
        for (var at = 0; at < spec.Fields.Length; at++)
        {
            var transform = spec.Fields[at].Transform;
            if (spec.Fields[at].SourceId != field.Id || transform.Kind == TransformKind.Void || !transform.Accepts(field.Type) || transform.ResultType(field.Type) is not PrimitiveType type) continue;
            // Of rows between two values buckets tell nothing.
            if (transform.Kind == TransformKind.Bucket && Compare(field.Type, min, max) != 0) continue;
            var value = file.Partition[at];
            var (low, high) = (TransformFunctions.Apply(transform, (PrimitiveType)field.Type, min), TransformFunctions.Apply(transform, (PrimitiveType)field.Type, max));
            var holds = value is not null && low is not null && high is not null
                && (SingleValue.IsNaN(type, value) || (Compare(type, low, value) == 0 && Compare(type, high, value) == 0 && nulls is null or 0));
            findings.Unless(holds, "partition-value", file.FilePath,
                $"its rows have {field.Name} from {SingleValue.ToHuman(field.Type, min)} to {SingleValue.ToHuman(field.Type, max)}, its partition says {spec.Fields[at].Name} = {(value is null ? "null" : SingleValue.ToHuman(type, value))}");
        }
    }

    /// <summary>The zeros are one: footers of Parquet take the one for the other.</summary>
    private static int Compare(DataType type, byte[] left, byte[] right) =>
        type.Kind is TypeKind.Float or TypeKind.Double && SingleValue.ToDouble(left) == 0 && SingleValue.ToDouble(right) == 0 ? 0 : SingleValue.Compare(type, left, right);
}
