namespace K2I.Avro;

/// <summary>
/// A node of an Avro schema (specification 1.12). A named type that is used several times is one object, so schemas may be recursive.
/// Immutable once parsed.
/// </summary>
public sealed class AvroType(AvroKind kind)
{
    public static readonly AvroType Null = new(AvroKind.Null), Boolean = new(AvroKind.Boolean), Int = new(AvroKind.Int),
        Long = new(AvroKind.Long), Float = new(AvroKind.Float), Double = new(AvroKind.Double), Bytes = new(AvroKind.Bytes),
        String = new(AvroKind.String);

    public AvroKind Kind { get; } = kind;

    /// <summary>Records, enums and fixed: the full name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of a full name the part behind the namespace.</summary>
    public string ShortName => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>Records: the fields in writing order. Set once, after the record itself may have been referred to.</summary>
    public AvroField[] Fields { get; set; } = [];

    /// <summary>Arrays and maps: what they hold.</summary>
    public AvroType? Element { get; init; }

    public AvroType[] Branches { get; init; } = [];

    public string[] Symbols { get; init; } = [];

    /// <summary>Fixed: bytes.</summary>
    public int Size { get; init; }

    public string? Doc { get; init; }

    /// <summary>As written; one that is unknown or does not go with the type means nothing.</summary>
    public string? Logical { get; init; }

    public int Precision { get; init; }

    public int Scale { get; init; }

    /// <summary>Timestamps: Iceberg's <c>adjust-to-utc</c>.</summary>
    public bool? AdjustToUtc { get; init; }

    /// <summary>Arrays: Iceberg's <c>element-id</c>.</summary>
    public int? ElementId { get; init; }

    /// <summary>A union of null and one other type: that type, or null.</summary>
    public AvroType? Optional => Kind == AvroKind.Union && Branches.Length == 2
        ? Branches[0].Kind == AvroKind.Null ? Branches[1] : Branches[1].Kind == AvroKind.Null ? Branches[0] : null
        : null;

    public static AvroType OptionalOf(AvroType type) => new(AvroKind.Union) { Branches = [Null, type] };

    public override string ToString() => Name.Length > 0 ? Name : AvroSchema.NameOf(Kind);
}
