using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace K2I.Crash.Tests;

/// <summary>Apache Kafka, one node in a folder of the run.</summary>
internal sealed class RealBroker : IBroker
{
    private readonly string folder;

    public RealBroker(string folder)
    {
        this.folder = folder;
        Addresses = Tool.Output("bash", [Shared.Need("peers/kafka/start"), folder, "--port", "0"]).Trim().Split('\n')[^1];
    }

    public string Addresses { get; }

    public string ConsumerSettings => "instance_id = host-1";

    public void CreateTopic(string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Addresses }).SetLogHandler((_, _) => { }).Build();
        admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]).Wait();
    }

    public void Dispose() => Tool.Run("bash", [Shared.Need("peers/kafka/stop"), folder, "--kill"]);
}
