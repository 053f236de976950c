using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace K2I.Crash.Tests;

/// <summary>Apache Kafka, one node in a folder of the run.</summary>
internal sealed class RealBroker : IBroker
{
    private const string ShortSession = "session.timeout.ms = 2000\nheartbeat.interval.ms = 200";

    // Sessions as short as lives are: a member that was killed keeps its partitions as long.
    private static readonly string[] Settings =
    [
        "group.initial.rebalance.delay.ms=0", "group.min.session.timeout.ms=1000", "group.consumer.min.session.timeout.ms=1000",
        "group.consumer.session.timeout.ms=2000", "group.consumer.min.heartbeat.interval.ms=200",
        "group.consumer.heartbeat.interval.ms=200",
    ];

    private readonly string folder;

    public RealBroker(string folder)
    {
        this.folder = folder;
        string[] arguments = [Shared.Need("peers/kafka/start"), folder, "--port", "0", .. Settings.SelectMany(s => new[] { "--set", s })];
        Addresses = Tool.Output("bash", arguments).Trim().Split('\n')[^1];
    }

    public string Addresses { get; }

    public string ConsumerSettings(int batch, string host) => (batch % 4) switch
    {
        0 => $"{ShortSession}\ninstance_id = {host}",
        1 => "group_protocol = consumer",
        2 => ShortSession,
        _ => $"group_protocol = consumer\ninstance_id = {host}",
    };

    public void CreateTopic(string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Addresses })
            .SetLogHandler((_, _) => { }).Build();
        admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]).Wait();
    }

    public void Dispose() => Tool.Run("bash", [Shared.Need("peers/kafka/stop"), folder, "--kill"]);
}
