using System.Collections.Immutable;

namespace K2I.Decode;

/// <summary>How JSON becomes rows, where the schema leaves a choice, and the caps on what is read.</summary>
public sealed record JsonDecoderOptions
{
    public const int DefaultMaxRecordBytes = 16 << 20;

    public UnknownFields UnknownFields { get; init; } = UnknownFields.Ignore;

    /// <summary>The unit of numbers given for time and timestamp columns.</summary>
    public EpochUnit TimestampUnit { get; init; } = EpochUnit.Milliseconds;

    /// <summary>Units of single columns, by dotted path.</summary>
    public ImmutableDictionary<string, EpochUnit> ColumnUnits { get; init; } = ImmutableDictionary<string, EpochUnit>.Empty;

    /// <summary>A string column takes only strings. Otherwise it keeps the JSON text of any other value.</summary>
    public bool StrictStrings { get; init; }

    /// <summary>Objects and arrays inside one another, the record's own object included.</summary>
    public int MaxDepth { get; init; } = 64;

    public int MaxRecordBytes { get; init; } = DefaultMaxRecordBytes;

    /// <summary>Members of any one object.</summary>
    public int MaxFields { get; init; } = 10_000;

    /// <summary>The column that <see cref="KafkaColumnWriter"/> fills; null for none.</summary>
    public string? MetadataColumn { get; init; } = KafkaColumn.Name;
}
