namespace K2I.EndToEnd.Tests;

/// <inheritdoc cref="IngestFactAttribute"/>
public sealed class IngestTheoryAttribute : TheoryAttribute
{
    public IngestTheoryAttribute() => Skip = Needs.NoBinary ?? Needs.NoKafka ?? Needs.NoJudges;
}
