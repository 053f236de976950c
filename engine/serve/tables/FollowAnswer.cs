using System.Buffers;
using System.Text;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Query;

namespace K2I.Serve;

/// <summary>
/// Rows as they are published, as server-sent events: <c>data:</c> is a row as JSON; <c>id:</c> how far what came before it reaches, after
/// every part, so that <c>Last-Event-ID</c> goes on there, with rows of one part repeated at most; <c>event: missed</c> tells offsets whose
/// rows were gone before they were sent. Source: HTML, 9.2.
/// </summary>
internal static class FollowAnswer
{
    /// <summary>How long rows that are there may wait to be looked for.</summary>
    private const int PollMs = 5;

    public static async Task Send(Exchange exchange, Follower follower, HttpOptions options, CancellationToken stop)
    {
        exchange.Begin(200, AnswerFormat.Events.MediaType);
        if (exchange.IsHead) return;
        using var rows = new ArrayPoolBufferWriter<byte>(64 << 10);
        using var output = new NdjsonRows(rows);
        using var events = new ArrayPoolBufferWriter<byte>(64 << 10);
        events.Write("retry: 1000\n"u8);
        WriteId(events, follower);
        var quietMs = 0;
        while (!stop.IsCancellationRequested)
        {
            var any = follower.TryTake(output);
            var missed = WriteMissed(events, follower);
            WriteRows(events, rows.WrittenSpan);
            rows.Clear();
            if (any || missed) WriteId(events, follower);
            else if (quietMs >= options.HeartbeatMs) events.Write(": quiet\n\n"u8);
            if (events.WrittenCount > 0)
            {
                await exchange.Write(events.WrittenMemory, options.SlowCallerMs);
                events.Clear();
                quietMs = 0;
            }
            if (any) continue;
            await Task.Delay(PollMs, exchange.Gone);
            quietMs += PollMs;
        }
    }

    private static void WriteRows(ArrayPoolBufferWriter<byte> events, ReadOnlySpan<byte> rows)
    {
        while (rows.IndexOf((byte)'\n') is >= 0 and var end)
        {
            events.Write("data: "u8);
            events.Write(rows[..end]);
            events.Write("\n\n"u8);
            rows = rows[(end + 1)..];
        }
    }

    private static bool WriteMissed(ArrayPoolBufferWriter<byte> events, Follower follower)
    {
        var missed = follower.TakeMissed();
        if (missed.IsEmpty) return false;
        events.Write("event: missed\ndata: "u8);
        using (var json = new Utf8JsonWriter((IBufferWriter<byte>)events))
        {
            json.WriteStartArray();
            foreach (var gap in missed)
            {
                json.WriteStartObject();
                json.WriteString("topic", gap.Topic);
                json.WriteNumber("partition", gap.Partition);
                json.WriteNumber("from_offset", gap.From.Value);
                json.WriteNumber("next_offset", gap.Next.Value);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        events.Write("\n\n"u8);
        return true;
    }

    /// <summary>An event without data: it is not delivered, and yet remembered.</summary>
    private static void WriteId(ArrayPoolBufferWriter<byte> events, Follower follower) =>
        events.Write(Encoding.UTF8.GetBytes($"id: {follower.Offsets}\n\n"));
}
