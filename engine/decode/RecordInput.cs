using K2I.Base;

namespace K2I.Decode;

/// <summary>One record as decoders see it: a borrow of bytes that whoever fetched or replayed the record holds.</summary>
public readonly ref struct RecordInput
{
    public RecordInput(ReadOnlySpan<byte> value, bool valueIsNull = false)
    {
        Value = value;
        ValueIsNull = valueIsNull;
        KeyIsNull = true;
    }

    /// <summary>Empty where null.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>True for a tombstone.</summary>
    public bool ValueIsNull { get; init; }

    /// <summary>Empty where null.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    public bool KeyIsNull { get; init; }

    /// <summary>The topic's name.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    public int Partition { get; init; }

    public Offset Offset { get; init; }

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z; means nothing where the kind is <see cref="TimestampKind.None"/>.</summary>
    public long TimestampMs { get; init; }

    public TimestampKind TimestampKind { get; init; }

    /// <summary>Null where there are none.</summary>
    public IRecordHeaders? Headers { get; init; }
}
