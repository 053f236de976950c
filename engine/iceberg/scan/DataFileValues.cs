using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>What fields hold that a data file lacks: the partition's value where the file was written under an identity of it, else the field's initial default.</summary>
internal static class DataFileValues
{
    internal static Dictionary<int, ReadOnlyMemory<byte>> Missing(TableMetadata table, StructType wanted, DataFile file)
    {
        var values = new Dictionary<int, ReadOnlyMemory<byte>>();
        Defaults(wanted, values, table.Location);
        if (table.FindSpec(file.SpecId) is not { } spec || file.Partition.Length != spec.Fields.Length) return values;
        var schema = new Schema(0, wanted);
        for (var at = 0; at < spec.Fields.Length; at++)
        {
            var field = spec.Fields[at];
            if (field.Transform.Kind != TransformKind.Identity || schema.FindById(field.SourceId) is not { } source) continue;
            if (file.Partition[at] is { } value) values[source.Id] = ColumnValue.FromSingle(source.Type, value);
            else values.Remove(source.Id);
        }
        return values;
    }

    private static void Defaults(DataType type, Dictionary<int, ReadOnlyMemory<byte>> values, string what)
    {
        foreach (var field in Schema.ChildrenOf(type))
        {
            if (field.InitialDefault is { } text && field.Type is PrimitiveType or StructType)
                values[field.Id] = ColumnValue.FromJson(field.Type, text, $"{what}, column {field.Name}");
            Defaults(field.Type, values, what);
        }
    }
}
