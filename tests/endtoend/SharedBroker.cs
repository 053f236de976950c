using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>One node for all tests that do not harm it; started by the first that asks. Every listener is on, TLS asks for a client certificate.</summary>
public sealed class SharedBroker : IDisposable
{
    public const string Collection = "shared broker";

    private readonly Lazy<RealKafka> kafka = new(() => RealKafka.Start("--sasl", "--tls", "--set", "listener.name.tls.ssl.client.auth=required", "--set", "auto.create.topics.enable=false",
        "--set", "group.min.session.timeout.ms=4000", "--set", "group.consumer.min.session.timeout.ms=6000", "--set", "group.consumer.session.timeout.ms=6000", "--set", "group.consumer.min.heartbeat.interval.ms=1000", "--set", "group.consumer.heartbeat.interval.ms=1000"));

    public RealKafka Kafka => kafka.Value;

    public void Dispose()
    {
        if (kafka.IsValueCreated) kafka.Value.Dispose();
    }
}
