namespace K2I.Base;

/// <summary>One named value of a log line: what it concerns (table, topic, partition, offset, file) or how much.</summary>
public readonly record struct LogField(string Name, object? Value)
{
    public static implicit operator LogField((string Name, object? Value) pair) => new(pair.Name, pair.Value);
}
