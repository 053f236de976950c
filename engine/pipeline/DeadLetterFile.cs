using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// Records that became no row, one JSON object a line, with all that is needed to look into them and to replay them. A file a day and table:
/// <c>DIR/dead-letters/TABLE/2026-01-31.jsonl</c>. Ingest thread.
/// </summary>
/// <remarks>
/// <code>{"topic":"orders","partition":0,"offset":42,"timestamp_ms":1700000000000,"timestamp_type":"CreateTime","error":"Overflow","detail":"…","key":"base64","value":"base64","headers":[{"key":"a","value":"base64"}]}</code>
/// A key, value or header value that is null is <c>null</c>. Lines are on disk (<see cref="Sync"/>) before the offsets behind them are committed;
/// after a crash in between the same record may stand there twice.
/// </remarks>
internal sealed class DeadLetterFile(string dataDirectory, string table, IClock clock) : IDisposable
{
    private readonly string directory = Path.Combine(dataDirectory, "dead-letters", table);
    private readonly ArrayBufferWriter<byte> line = new();
    private FileStream? file;
    private long day = -1;
    private bool dirty;

    internal void Write(in RecordInput record, string topic, string error, string detail)
    {
        line.Clear();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("topic", topic);
            json.WriteNumber("partition", record.Partition);
            json.WriteNumber("offset", record.Offset);
            if (record.TimestampKind != TimestampKind.None)
            {
                json.WriteNumber("timestamp_ms", record.TimestampMs);
                json.WriteString("timestamp_type", record.TimestampKind == TimestampKind.CreateTime ? "CreateTime" : "LogAppendTime");
            }
            json.WriteString("error", error);
            json.WriteString("detail", detail);
            WriteBytes(json, "key", record.Key, record.KeyIsNull);
            WriteBytes(json, "value", record.Value, record.ValueIsNull);
            json.WriteStartArray("headers");
            for (var i = 0; record.Headers is { } headers && headers.TryRead(i, out var name, out var value, out var isNull); i++)
            {
                json.WriteStartObject();
                json.WriteString("key", Encoding.UTF8.GetString(name));
                WriteBytes(json, "value", value, isNull);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        line.GetSpan(1)[0] = (byte)'\n';
        line.Advance(1);
        try
        {
            Today().Write(line.WrittenSpan);
            dirty = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    /// <summary>What was written is on disk.</summary>
    internal void Sync()
    {
        if (!dirty) return;
        try
        {
            file!.Flush(flushToDisk: true);
            dirty = false;
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    public void Dispose() => file?.Dispose();

    private FileStream Today()
    {
        var today = clock.UnixMs / 86_400_000;
        if (file is not null && today == day) return file;
        Sync();
        file?.Dispose();
        file = null;
        Directory.CreateDirectory(directory);
        var name = DateTimeOffset.FromUnixTimeMilliseconds(clock.UnixMs).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".jsonl";
        file = new FileStream(Path.Combine(directory, name), FileMode.Append, FileAccess.Write, FileShare.Read, 64 << 10);
        day = today;
        return file;
    }

    private EngineException Failed(Exception e) => new(
        e is IOException { HResult: 28 } ? ErrorKind.Full : ErrorKind.Unavailable,
        $"table {table}: cannot write dead letters below {directory}: {e.Message}", e);

    private static void WriteBytes(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes, bool isNull)
    {
        if (isNull) json.WriteNull(name);
        else json.WriteBase64String(name, bytes);
    }
}
