namespace K2I.Serve;

/// <summary>One label of a sample: the name is the program's, the value may be anyone's.</summary>
public readonly record struct MetricLabel(string Name, string Value)
{
    public static implicit operator MetricLabel((string Name, string Value) pair) => new(pair.Name, pair.Value);
}
