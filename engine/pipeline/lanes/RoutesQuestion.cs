namespace K2I.Pipeline;

/// <summary>Values came that have no table yet. Asked by a lane of whoever works for their home, who asks the catalog.</summary>
internal sealed class RoutesQuestion(RunPart part, IReadOnlyList<string> values) : Question(part)
{
    internal IReadOnlyList<string> Values => values;

    /// <summary>Why values have no table, by value.</summary>
    internal Dictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

    internal override LaneMessage Answer() => new LaneMessage.Routes(this);
}
