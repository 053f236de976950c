namespace K2I.Simulation.Tests;

/// <summary>What a record is to become.</summary>
public enum RecordKind
{
    Row,

    /// <summary>Its value cannot be decoded.</summary>
    Poison,

    Tombstone,
}

/// <summary>A record in a simulated topic; also what the audit expects of the table.</summary>
public sealed class SimRecord
{
    /// <summary>Unlike any other record's, over all topics and their lives.</summary>
    public required long Id { get; init; }

    public required SimTopic Topic { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    public required long TimestampMs { get; init; }

    public required RecordKind Kind { get; init; }

    public required string Text { get; init; }

    /// <summary>By which schema it was written; null for JSON.</summary>
    public SimWriter? Writer { get; init; }

    public required byte[] Key { get; init; }

    /// <summary>Null for a tombstone.</summary>
    public required byte[]? Value { get; init; }

    /// <summary>Compaction, retention or the topic's end took it away before every table had it, or a table lost it for good by someone else's doing: it may be missing, but not be there twice.</summary>
    public bool MayBeMissing { get; set; }

    /// <summary>Not handed out any more.</summary>
    public bool Gone { get; set; }

    public override string ToString() => $"record {Id} ({Kind}) at {Topic.Name}[{Partition}]@{Offset}, topic id {Topic.Id}";
}
