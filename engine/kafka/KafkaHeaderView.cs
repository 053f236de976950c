namespace K2I.Kafka;

/// <summary>A borrow of one header of a record that is being handled.</summary>
public readonly ref struct KafkaHeaderView(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNull)
{
    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Value { get; } = value;

    public bool IsNull { get; } = isNull;
}
