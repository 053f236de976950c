namespace K2I.EndToEnd.Tests;

/// <summary>A test against a real Kafka with a small file system of its own, which only root can mount.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = Needs.NoBinary ?? Needs.NoKafka ?? Needs.NoJudges ?? SmallDisk.Missing;
}
