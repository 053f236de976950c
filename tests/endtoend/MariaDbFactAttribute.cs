namespace K2I.EndToEnd.Tests;

/// <summary>A test of the published binary against a real Kafka, its catalog in MariaDB, judged by other engines.</summary>
public sealed class MariaDbFactAttribute : FactAttribute
{
    public MariaDbFactAttribute() => Skip = Needs.NoBinary ?? Needs.NoKafka ?? Needs.NoJudges ?? MariaDbServer.Missing;
}
