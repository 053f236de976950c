using System.Collections.Frozen;

namespace K2I.Kafka;

/// <summary>
/// The librdkafka properties that a user may pass through. What is missing here is missing on purpose: settings that the engine owns (offsets,
/// assignment, checksums), that load or run code (plugins, engines, kinit), that write where the user did not ask, and login methods this build lacks
/// (Kerberos, OIDC).
/// </summary>
public static class KafkaProperties
{
    private static readonly string[] Both =
    [
        "allow.auto.create.topics", "api.version.request.timeout.ms", "broker.address.family", "broker.address.ttl", "client.dns.lookup", "client.rack",
        "connections.max.idle.ms", "enable.metrics.push", "enable.sasl.oauthbearer.unsecure.jwt", "enable.ssl.certificate.verification",
        "log.connection.close", "max.in.flight", "max.in.flight.requests.per.connection", "message.max.bytes", "metadata.max.age.ms",
        "metadata.recovery.rebootstrap.trigger.ms", "metadata.recovery.strategy", "receive.message.max.bytes", "reconnect.backoff.max.ms",
        "reconnect.backoff.ms", "retry.backoff.max.ms", "retry.backoff.ms", "sasl.mechanism", "sasl.mechanisms", "sasl.oauthbearer.config", "sasl.password",
        "sasl.username", "security.protocol", "socket.connection.setup.timeout.ms", "socket.keepalive.enable", "socket.max.fails", "socket.nagle.disable",
        "socket.receive.buffer.bytes", "socket.send.buffer.bytes", "socket.timeout.ms", "ssl.ca.location", "ssl.ca.pem", "ssl.certificate.location",
        "ssl.certificate.pem", "ssl.cipher.suites", "ssl.crl.location", "ssl.curves.list", "ssl.endpoint.identification.algorithm", "ssl.key.location",
        "ssl.key.password", "ssl.key.pem", "ssl.keystore.location", "ssl.keystore.password", "ssl.sigalgs.list", "topic.blacklist",
        "topic.metadata.propagation.max.ms", "topic.metadata.refresh.fast.interval.ms", "topic.metadata.refresh.interval.ms", "topic.metadata.refresh.sparse",
    ];

    private static readonly string[] Consumer =
    [
        "coordinator.query.interval.ms", "fetch.error.backoff.ms", "fetch.max.bytes", "fetch.message.max.bytes", "fetch.min.bytes", "fetch.queue.backoff.ms",
        "fetch.wait.max.ms", "group.protocol.type", "group.remote.assignor", "heartbeat.interval.ms", "max.partition.fetch.bytes", "max.poll.interval.ms",
        "queued.max.messages.kbytes", "queued.min.messages", "session.timeout.ms",
    ];

    private static readonly string[] Producer =
    [
        "acks", "batch.num.messages", "batch.size", "compression.codec", "compression.level", "compression.type", "delivery.timeout.ms", "linger.ms",
        "message.send.max.retries", "message.timeout.ms", "queue.buffering.max.ms", "request.required.acks", "request.timeout.ms", "retries",
        "sticky.partitioning.linger.ms",
    ];

    private static readonly FrozenSet<string> ConsumerNames = Both.Concat(Consumer).ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenSet<string> ProducerNames = Both.Concat(Producer).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Secrets = new[]
    {
        "sasl.password", "sasl.oauthbearer.config", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Every name that may be passed through, sorted.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ConsumerNames.Union(ProducerNames).Order(StringComparer.Ordinal)];

    public static bool IsAllowed(string name) => ConsumerNames.Contains(name) || ProducerNames.Contains(name);

    /// <summary>True where the value must never be printed: passwords and private keys.</summary>
    public static bool IsSecret(string name) => Secrets.Contains(name);

    internal static bool AppliesToConsumer(string name) => ConsumerNames.Contains(name);

    internal static bool AppliesToProducer(string name) => ProducerNames.Contains(name);
}
