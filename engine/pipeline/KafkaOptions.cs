using System.Collections.Immutable;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>How to reach Kafka. All lanes of all processes with one <see cref="Group"/> share the partitions of all their topics.</summary>
public sealed record KafkaOptions
{
    /// <summary>host:port, comma-separated.</summary>
    public required string Brokers { get; init; }

    public string Group { get; init; } = "k2i";

    public string ClientId { get; init; } = "k2i";

    /// <summary>Static membership: a name that stays with this host across restarts; null for dynamic membership.</summary>
    public string? InstanceId { get; init; }

    /// <summary>How the processes of a group share out partitions.</summary>
    public GroupProtocol GroupProtocol { get; init; } = GroupProtocol.Classic;

    /// <summary>librdkafka properties from the allow-list, by name. Values may be secrets.</summary>
    public ImmutableSortedDictionary<string, string> Properties { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
