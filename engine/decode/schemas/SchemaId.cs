using System.Globalization;

namespace K2I.Decode;

/// <summary>How a record names the schema that it was written with. Immutable for ever: one id never means another schema later.</summary>
public readonly record struct SchemaId(SchemaIdKind Kind, UInt128 Value)
{
    /// <summary>The schema that the options give.</summary>
    public static SchemaId None => default;

    public static SchemaId Of(long number) => new(SchemaIdKind.Number, (ulong)number);

    /// <summary>Fit for a file's name.</summary>
    public override string ToString() => Kind switch
    {
        SchemaIdKind.None => "schema",
        SchemaIdKind.Number => ((ulong)Value).ToString(CultureInfo.InvariantCulture),
        SchemaIdKind.Guid => GuidText(Value.ToString("x32", CultureInfo.InvariantCulture)),
        _ => ((ulong)Value).ToString("x16", CultureInfo.InvariantCulture),
    };

    private static string GuidText(string hex) => $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
}
