using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using K2I.Base;
using K2I.Kafka;

namespace K2I.Cli.Replay;

/// <summary>Dead letters as JSON, one object a line: what <c>--export</c> writes and <c>--import</c> reads.</summary>
/// <remarks>
/// <code>{"topic":"orders","topic_id":"…","partition":0,"offset":42,"timestamp_ms":…,"timestamp_type":"CreateTime","error":"…","detail":"…","key_base64":"…","key_text":"…","value_base64":"…","value_text":"…","headers":[{"key":"a","value_base64":"…","value_text":"…"}]}</code>
/// The text is there where the bytes are UTF-8, and counts if both are: that is where to correct a value. Null stands for none.
/// </remarks>
internal static class LetterJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string LineOf(Letter letter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("topic", letter.Key.Topic);
            if (letter.Key.TopicId.Length > 0) json.WriteString("topic_id", letter.Key.TopicId);
            json.WriteNumber("partition", letter.Key.Partition);
            json.WriteNumber("offset", letter.Key.Offset.Value);
            if (letter.TimestampMs is { } time) json.WriteNumber("timestamp_ms", time);
            if (letter.TimestampType is { } type) json.WriteString("timestamp_type", type);
            json.WriteString("error", letter.Error);
            json.WriteString("detail", letter.Detail);
            Write(json, "key", letter.RecordKey);
            Write(json, "value", letter.Value);
            json.WriteStartArray("headers");
            foreach (var header in letter.Headers)
            {
                json.WriteStartObject();
                json.WriteString("key", header.Name);
                Write(json, "value", header.Value?.ToArray());
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Throws Invalid, naming the line, for what is no letter.</summary>
    public static Letter Parse(string line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var key = new LetterKey(root.GetProperty("topic").GetString()!, root.TryGetProperty("topic_id", out var id) ? id.GetString()! : "", root.GetProperty("partition").GetInt32(), new(root.GetProperty("offset").GetInt64()));
            var headers = new List<KafkaHeader>();
            if (root.TryGetProperty("headers", out var list))
                foreach (var header in list.EnumerateArray())
                    headers.Add(new(header.GetProperty("key").GetString()!, Read(header, "value") is { } value ? (ReadOnlyMemory<byte>?)value : null));
            return new Letter(key) { RecordKey = Read(root, "key"), Value = Read(root, "value"), Headers = headers };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new EngineException(ErrorKind.Invalid, $"line {number}: expected a dead letter as --export writes it: {error.Message}", error);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, byte[]? bytes)
    {
        if (bytes is null)
        {
            json.WriteNull(name + "_base64");
            return;
        }
        json.WriteBase64String(name + "_base64", bytes);
        if (Utf8.IsValid(bytes)) json.WriteString(name + "_text", bytes);
    }

    private static byte[]? Read(JsonElement from, string name)
    {
        if (from.TryGetProperty(name + "_text", out var text)) return text.GetString() is { } corrected ? Encoding.UTF8.GetBytes(corrected) : null;
        return from.TryGetProperty(name + "_base64", out var base64) && base64.ValueKind != JsonValueKind.Null ? base64.GetBytesFromBase64() : null;
    }
}
