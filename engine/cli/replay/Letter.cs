using K2I.Kafka;

namespace K2I.Cli.Replay;

/// <summary>A dead letter as it stands in its table, or as a person corrected it.</summary>
internal sealed record Letter(LetterKey Key)
{
    public long? TimestampMs { get; init; }

    public string? TimestampType { get; init; }

    public string Error { get; init; } = "";

    public string Detail { get; init; } = "";

    public byte[]? RecordKey { get; init; }

    public byte[]? Value { get; init; }

    public IReadOnlyList<KafkaHeader> Headers { get; init; } = [];

    public int Bytes => 100 + (RecordKey?.Length ?? 0) + (Value?.Length ?? 0);
}
