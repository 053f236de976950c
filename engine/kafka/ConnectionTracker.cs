using System.Text.Json;
using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// Keeps a client's <see cref="KafkaConnection"/>. librdkafka tells of failures at once but of recovery not at all, so recovery is read from its
/// statistics, which come every five seconds. Written by the polling thread, read by any.
/// </summary>
internal sealed class ConnectionTracker(IClock clock)
{
    private volatile KafkaConnection current = new(KafkaConnectionState.Connecting, clock.UnixMs, null);

    public KafkaConnection Current => current;

    public void OnError(int error, string text)
    {
        var was = current;
        var down = error == KafkaError.AllBrokersDown && was.State != KafkaConnectionState.Down;
        current = down ? new(KafkaConnectionState.Down, clock.UnixMs, was.LastError ?? text)
            : error == KafkaError.AllBrokersDown ? was
            : was with { LastError = text };
    }

    /// <summary>Reads how many brokers are up from librdkafka's statistics (STATISTICS.md): <c>brokers.*.state</c>.</summary>
    public void OnStatistics(ReadOnlySpan<byte> json)
    {
        var state = AnyBrokerUp(json) ? KafkaConnectionState.Up
            : current.State == KafkaConnectionState.Connecting ? KafkaConnectionState.Connecting
            : KafkaConnectionState.Down;
        if (state != current.State) current = new(state, clock.UnixMs, current.LastError);
    }

    internal static bool AnyBrokerUp(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var inBrokers = false;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.EndObject && inBrokers && reader.CurrentDepth == 1) return false;
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.CurrentDepth == 1)
                {
                    inBrokers = reader.ValueTextEquals("brokers"u8);
                    if (!inBrokers && reader.Read()) reader.TrySkip();
                }
                else if (inBrokers && reader.CurrentDepth == 3 && reader.ValueTextEquals("state"u8))
                {
                    if (reader.Read() && reader.ValueTextEquals("UP"u8)) return true;
                }
            }
        }
        catch (JsonException)
        {
            // Unreadable statistics say nothing; the state stays what errors made it.
        }
        return false;
    }
}
