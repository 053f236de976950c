namespace K2I.EndToEnd.Tests;

/// <summary>A test of the published binary against a real Kafka, its tables judged by other engines.</summary>
public sealed class IngestFactAttribute : FactAttribute
{
    public IngestFactAttribute() => Skip = Needs.NoBinary ?? Needs.NoKafka ?? Needs.NoJudges;
}
