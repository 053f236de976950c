using System.Collections.Immutable;
using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>An Avro schema as columns; the table is in the documentation of record formats.</summary>
internal sealed class AvroColumns(PlanOptions options)
{
    /// <summary>Of a table, at every depth; a schema that names a type often has more.</summary>
    private const int MaxFields = ColumnNames.MaxColumns;

    private readonly ImmutableDictionary<string, ImmutableArray<string>>.Builder aliases =
        ImmutableDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
    private readonly ImmutableDictionary<string, string>.Builder leftOut =
        ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
    private readonly HashSet<AvroType> open = new(ReferenceEqualityComparer.Instance);
    private int fields;

    /// <summary>
    /// A record's fields. Any other type is the one field of a record that has it as <c>value</c>: see <see cref="RecordOf"/>.
    /// </summary>
    internal static WrittenColumns Of(AvroType record, PlanOptions options)
    {
        var columns = new AvroColumns(options);
        columns.open.Add(record);
        return new(columns.Fields(record, "") ?? [], columns.aliases.ToImmutable(), columns.leftOut.ToImmutable());
    }

    internal static AvroType RecordOf(AvroType type) =>
        type.Kind == AvroKind.Record ? type : new(AvroKind.Record) { Name = "value", Fields = [new("value", type)] };

    /// <summary>The name of a union's branch in its struct: the type's, without a namespace where that tells the branches apart.</summary>
    internal static string BranchName(AvroType union, AvroType branch)
    {
        if (branch.Name.Length == 0) return AvroSchema.NameOf(branch.Kind);
        var isAlone =
            union.Branches.Count(b => b.Name.Length > 0 ? b.ShortName == branch.ShortName
            : AvroSchema.NameOf(b.Kind) == branch.ShortName) == 1;
        return isAlone ? branch.ShortName : branch.Name.Replace('.', '_');
    }

    /// <summary>The branches that have values; null is none.</summary>
    internal static AvroType[] Valued(AvroType union) => Array.FindAll(union.Branches, b => b.Kind != AvroKind.Null);

    private ImmutableArray<Field>? Fields(AvroType record, string path)
    {
        var made = ImmutableArray.CreateBuilder<Field>(record.Fields.Length);
        foreach (var field in record.Fields)
        {
            var at = WrittenColumns.Join(path, field.Name);
            if (Column(field.Name, field.Type, at) is not { } column) continue;
            var value = options.HasDefaults && field.Default is not null ? AvroDefault.Of(field, column.Type) : null;
            made.Add(column with { Doc = field.Doc, InitialDefault = value, WriteDefault = value });
            if (field.Aliases.Length > 0) aliases[at] = [.. field.Aliases];
        }
        return made.Count == 0 ? null : made.ToImmutable();
    }

    private Field? Column(string name, AvroType type, string path)
    {
        if (fields > MaxFields) return null;
        var required = true;
        if (type.Kind == AvroKind.Union)
        {
            var valued = Valued(type);
            required = valued.Length == type.Branches.Length;
            if (valued.Length == 1) type = valued[0];
        }
        var left = leftOut.Count;
        if (Type(type, path) is { } found) return new(0, name, found, required);
        if (leftOut.Count == left) leftOut[path] = "";
        return null;
    }

    /// <summary>Null for what no column can hold.</summary>
    private DataType? Type(AvroType type, string path)
    {
        if (++fields > MaxFields) return No(path, $"a schema of more than {MaxFields} columns");
        switch (type.Kind)
        {
            case AvroKind.Null:
                return null;
            case AvroKind.Record or AvroKind.Array or AvroKind.Map or AvroKind.Union:
                if (!open.Add(type)) return No(path, $"type {type} contains itself, which no table can hold");
                if (open.Count > options.MaxDepth) return No(path, "nested too deeply");
                var nested = Nested(type, path);
                open.Remove(type);
                return nested;
            default:
                return Primitive(type);
        }
    }

    private DataType? Nested(AvroType type, string path)
    {
        switch (type.Kind)
        {
            case AvroKind.Record:
                return Fields(type, path) is { } inside ? new StructType(inside) : null;
            case AvroKind.Array:
                return Column("element", type.Element!, $"{path}.element") is { } element ? new ListType(element) : null;
            case AvroKind.Map:
                var key = new Field(0, "key", PrimitiveType.String, true);
                return Column("value", type.Element!, $"{path}.value") is { } value ? new MapType(key, value) : null;
            default:
                Field?[] branches =
                    [.. Valued(type).Select(b => (Type: b, Name: BranchName(type, b))).Select(b =>
                    Column(b.Name, b.Type, $"{path}.{b.Name}"))];
                ImmutableArray<Field> made = [.. branches.OfType<Field>().Select(f => f with { Required = false })];
                return made.IsEmpty ? null : new StructType(made);
        }
    }

    private PrimitiveType Primitive(AvroType type) => (type.Kind, type.Logical) switch
    {
        (AvroKind.Bytes or AvroKind.Fixed, "decimal") when type.Precision <= PrimitiveType.MaxPrecision =>
            PrimitiveType.Decimal(type.Precision, type.Scale),
        (AvroKind.String, "uuid") => PrimitiveType.Uuid,
        (AvroKind.Fixed, "uuid") when type.Size == 16 => PrimitiveType.Uuid,
        (AvroKind.Int, "date") => PrimitiveType.Date,
        (AvroKind.Int, "time-millis") or (AvroKind.Long, "time-micros") => PrimitiveType.Time,
        (AvroKind.Long, "timestamp-millis" or "timestamp-micros") => type.AdjustToUtc == false ? PrimitiveType.Timestamp
            : PrimitiveType.TimestampTz,
        (AvroKind.Long, "local-timestamp-millis" or "local-timestamp-micros") => PrimitiveType.Timestamp,
        (AvroKind.Long, "timestamp-nanos") => Nanos(type.AdjustToUtc != false),
        (AvroKind.Long, "local-timestamp-nanos") => Nanos(hasZone: false),
        (AvroKind.Boolean, _) => PrimitiveType.Boolean,
        (AvroKind.Int, _) => PrimitiveType.Int,
        (AvroKind.Long, _) => PrimitiveType.Long,
        (AvroKind.Float, _) => PrimitiveType.Float,
        (AvroKind.Double, _) => PrimitiveType.Double,
        (AvroKind.String or AvroKind.Enum, _) => PrimitiveType.String,
        (AvroKind.Fixed, _) when type.Size > 0 => PrimitiveType.Fixed(type.Size),
        _ => PrimitiveType.Binary,
    };

    private PrimitiveType Nanos(bool hasZone) => options.HasNanoseconds
        ? hasZone ? PrimitiveType.TimestampTzNs : PrimitiveType.TimestampNs
        : hasZone ? PrimitiveType.TimestampTz : PrimitiveType.Timestamp;

    private DataType? No(string path, string why)
    {
        leftOut[path] = why;
        return null;
    }
}
