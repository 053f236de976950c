using System.Collections.Immutable;

namespace K2I.Decode;

/// <summary>How a schema's fields find their columns.</summary>
public sealed record PlanOptions
{
    /// <summary>Of fields that the table lacks.</summary>
    public UnknownFields UnknownFields { get; init; } = UnknownFields.Evolve;

    public OnIncompatible OnIncompatible { get; init; }

    /// <summary>The column that <see cref="KafkaColumnWriter"/> fills; null for none.</summary>
    public string? MetadataColumn { get; init; } = KafkaColumn.Name;

    public ColumnTransforms Transforms { get; init; } = ColumnTransforms.None;

    /// <summary>The table's format version has timestamps of nanoseconds; else they are microseconds, what is finer cut off.</summary>
    public bool HasNanoseconds { get; init; }

    /// <summary>The table's format version has defaults of columns; else what a record lacks is null, whatever schemas say.</summary>
    public bool HasDefaults { get; init; }

    /// <summary>
    /// By struct (the id of its column, 0: the row) and name: the id of the column that was called so before, or is by other schemas. One
    /// that the table does not have was dropped.
    /// </summary>
    public ImmutableDictionary<(int Struct, string Name), int> FormerNames { get; init; } =
        ImmutableDictionary<(int Struct, string Name), int>.Empty;

    /// <summary>
    /// The full name of the Protobuf message that records are, whatever they say; null where they name it, or the schema has but one.
    /// </summary>
    public string? Message { get; init; }

    public int MaxRecordBytes { get; init; } = JsonDecoderOptions.DefaultMaxRecordBytes;

    /// <summary>Records, lists and maps inside one another.</summary>
    public int MaxDepth { get; init; } = 64;
}
