using System.Collections.Immutable;

namespace K2I.Decode;

/// <summary>How JSON becomes rows, where the schema leaves a choice, and the caps on what is read.</summary>
public sealed record JsonDecoderOptions
{
    public const int DefaultMaxRecordBytes = 16 << 20;

    public UnknownFields UnknownFields { get; init; } = UnknownFields.Ignore;

    /// <summary>
    /// A field is a column's only if it has its case too. Otherwise the case of letters A to Z does not matter, where no column has the field's
    /// very name.
    /// </summary>
    public bool CaseSensitive { get; init; } = true;

    /// <summary>
    /// Told, at most once for a column, of a record that lacks the column's field and has it in another case instead: the column's dotted path
    /// and that field's name.
    /// </summary>
    public Action<string, string>? OnFieldInOtherCase { get; init; }

    /// <summary>The unit of numbers given for time and timestamp columns, where nothing says it for the column: <see cref="UnitOf"/>.</summary>
    public EpochUnit TimestampUnit { get; init; } = EpochUnit.Milliseconds;

    /// <summary>Units of single columns, by dotted path. Where such a column is added to the schema, it is a time.</summary>
    public ImmutableDictionary<string, EpochUnit> ColumnUnits { get; init; } = ImmutableDictionary<string, EpochUnit>.Empty;

    /// <summary>Decimals, by dotted path, that strings have as the bytes of the unscaled value, big-endian, in base64.</summary>
    internal ImmutableHashSet<string> UnscaledDecimals { get; init; } = [];

    /// <summary>Fields, by dotted path, that are passed over: neither columns nor unknown.</summary>
    public ImmutableHashSet<string> Dropped { get; init; } = [];

    /// <summary>By column id: what records call a column that has another name; null for one that records do not have.</summary>
    internal ImmutableDictionary<int, string?> FieldNames { get; init; } = ImmutableDictionary<int, string?>.Empty;

    /// <summary>A string column takes only strings. Otherwise it keeps the JSON text of any other value.</summary>
    public bool StrictStrings { get; init; }

    /// <summary>Objects and arrays inside one another, the record's own object included.</summary>
    public int MaxDepth { get; init; } = 64;

    public int MaxRecordBytes { get; init; } = DefaultMaxRecordBytes;

    /// <summary>Members of any one object.</summary>
    public int MaxFields { get; init; } = 10_000;

    /// <summary>The column that <see cref="KafkaColumnWriter"/> fills; null for none.</summary>
    public string? MetadataColumn { get; init; } = KafkaColumn.Name;

    /// <summary>
    /// The unit of numbers at a dotted path: its own, else the one that <paramref name="name"/>, the column's, ends in (<c>_ms</c>, <c>_us</c>,
    /// <c>_ns</c>, in either case), else that of all.
    /// </summary>
    internal EpochUnit UnitOf(string path, string name)
    {
        if (ColumnUnits.TryGetValue(path, out var own)) return own;
        if (name.EndsWith("_ms", StringComparison.OrdinalIgnoreCase)) return EpochUnit.Milliseconds;
        if (name.EndsWith("_us", StringComparison.OrdinalIgnoreCase)) return EpochUnit.Microseconds;
        return name.EndsWith("_ns", StringComparison.OrdinalIgnoreCase) ? EpochUnit.Nanoseconds : TimestampUnit;
    }
}
