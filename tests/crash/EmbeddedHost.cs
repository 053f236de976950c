using K2I.Base;
using K2I.Kafka;

namespace K2I.Crash.Tests;

/// <summary>The engine's embedded broker, in this process.</summary>
internal sealed class EmbeddedHost : IBroker
{
    private readonly EmbeddedBroker broker = new(NullLog.Instance);

    public string Addresses => broker.BootstrapServers;

    /// <summary>It waits out the session of a killed member, whatever its name.</summary>
    public string ConsumerSettings(int batch, string host) => "session.timeout.ms = 600\nheartbeat.interval.ms = 100";

    public void CreateTopic(string topic, int partitions) => broker.CreateTopic(topic, partitions);

    public void Dispose() => broker.Dispose();
}
