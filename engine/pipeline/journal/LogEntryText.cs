using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>Frames of a lane's log as JSON objects, for people and scripts that look into it.</summary>
/// <remarks><code>{"type":"OffsetCommit","lane":0,"position":67108936,"stream":"6d3c0e2a91b5f047","table":"events","timestamp":"2026-01-08T10:30:00.000Z","topic":"events","partition":0,"offset":42000,"icebergSnapshot":"…"}</code></remarks>
public static class LogEntryText
{
    /// <summary>The stream that entries of a table have in every log.</summary>
    public static ulong StreamOf(string table) => LogStreams.IdOf(table);

    /// <summary>The table that an entry names as the one of its stream; null where it names none.</summary>
    public static string? TableOf(byte kind, ReadOnlySpan<byte> payload)
    {
        if (kind != (byte)LogEntryKind.RunStarted) return null;
        try
        {
            using var document = JsonDocument.Parse(payload.ToArray());
            return document.RootElement.TryGetProperty("table", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes one object. What a damaged payload says is left out; its <c>error</c> tells.</summary>
    /// <param name="table">The name of the stream's table; null where it is not known.</param>
    public static void Write(Utf8JsonWriter json, int lane, string? table, byte kind, ulong stream, LogPosition position,
        ReadOnlySpan<byte> payload)
    {
        json.WriteStartObject();
        json.WriteString("type", LogEntry.NameOf((LogEntryKind)kind));
        json.WriteNumber("lane", lane);
        json.WriteNumber("position", position.Bytes);
        json.WriteString("stream", stream.ToString("x16", CultureInfo.InvariantCulture));
        if (table is not null) json.WriteString("table", table);
        try
        {
            if (kind == (byte)LogEntryKind.Records) WriteRecords(json, payload);
            else WriteFields(json, payload);
        }
        catch (Exception error) when (error is EngineException or JsonException)
        {
            json.WriteString("error", error.Message);
        }
        json.WriteEndObject();
    }

    private static void WriteRecords(Utf8JsonWriter json, ReadOnlySpan<byte> payload)
    {
        var frame = new RecordFrameReader(payload);
        json.WriteString("topic", frame.Topic);
        json.WriteNumber("partition", frame.Partition);
        json.WriteNumber("offset", frame.FirstOffset.Value);
        json.WriteNumber("lastOffset", frame.Next.Value - 1);
        json.WriteNumber("records", frame.Count);
        json.WriteNumber("bytes", payload.Length);
    }

    private static void WriteFields(Utf8JsonWriter json, ReadOnlySpan<byte> payload)
    {
        using var document = JsonDocument.Parse(payload.ToArray());
        foreach (var field in document.RootElement.EnumerateObject())
        {
            if (field.Name is "type" or "table" or "description") continue;
            field.WriteTo(json);
        }
    }
}
