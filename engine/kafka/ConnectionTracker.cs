using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// Keeps a client's <see cref="KafkaConnection"/>. librdkafka tells of failures at once but of recovery not at all, so each poll looks at its count of
/// brokers that are up. Written by the polling thread, read by any.
/// </summary>
internal sealed class ConnectionTracker(IClock clock)
{
    /// <summary>An idle connection is closed and made again: for so long no broker may be up before that is called down.</summary>
    internal const long ReconnectMs = 5_000;

    private volatile KafkaConnection current = new(KafkaConnectionState.Connecting, clock.UnixMs, null);
    private long? noneSinceMs;

    public KafkaConnection Current => current;

    public void OnError(int error, string text)
    {
        var was = current;
        var down = error == KafkaError.AllBrokersDown && was.State != KafkaConnectionState.Down;
        current = down ? new(KafkaConnectionState.Down, clock.UnixMs, was.LastError ?? text)
            : error == KafkaError.AllBrokersDown ? was
            : was with { LastError = text };
    }

    public void Look(int brokersUp)
    {
        var was = current;
        if (brokersUp > 0)
        {
            noneSinceMs = null;
            if (was.State != KafkaConnectionState.Up) current = new(KafkaConnectionState.Up, clock.UnixMs, was.LastError);
            return;
        }
        if (was.State != KafkaConnectionState.Up) return;
        noneSinceMs ??= clock.MonotonicMs;
        if (clock.MonotonicMs - noneSinceMs >= ReconnectMs) current = new(KafkaConnectionState.Down, clock.UnixMs, was.LastError);
    }
}
