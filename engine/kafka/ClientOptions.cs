namespace K2I.Kafka;

/// <summary>What every client of a Kafka cluster needs: where it is and how to log in.</summary>
public sealed record ClientOptions
{
    /// <summary>Bootstrap servers: <c>host:port</c>, comma-separated.</summary>
    public required string Brokers { get; init; }

    /// <summary>The name the broker's logs and quotas know this client by.</summary>
    public string ClientId { get; init; } = "k2i";

    /// <summary>Settings passed on to librdkafka; only names that <see cref="KafkaProperties"/> allows. They win over the engine's defaults.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];
}
