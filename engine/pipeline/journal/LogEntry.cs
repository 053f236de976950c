using System.Globalization;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using K2I.Iceberg;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>
/// A state entry of a table's log: one JSON object. Every entry has <c>type</c> and <c>timestamp</c> and then its fields, each of which its kind writes and reads; a
/// reader passes over what it does not know.
/// </summary>
internal abstract partial record LogEntry
{
    internal abstract LogEntryKind Kind { get; }

    private protected abstract void WriteFields(Utf8JsonWriter json);

    /// <summary>The object as the log keeps it.</summary>
    internal byte[] ToJson(IClock clock)
    {
        using var buffer = new ArrayPoolBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", NameOf(Kind));
            var time = DateTimeOffset.FromUnixTimeMilliseconds(clock.UnixMs).UtcDateTime;
            json.WriteString("timestamp", time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            WriteFields(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The entry of a frame; null for one of records or of a kind that this build does not know.</summary>
    /// <exception cref="EngineException"><see cref="ErrorKind.Corrupt"/>: the payload is not what its kind says.</exception>
    internal static LogEntry? Read(LogEntryKind kind, ReadOnlySpan<byte> payload)
    {
        if (ReaderOf(kind) is not { } read) return null;
        try
        {
            using var document = JsonDocument.Parse(payload.ToArray());
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new EngineException(ErrorKind.Corrupt, $"a log entry is no {NameOf(kind)}: {error.Message}", error);
        }
    }

    /// <summary>The entries of a flush that is in the table: the snapshot, the offsets, its end.</summary>
    internal static IEnumerable<LogEntry> Landed(Flush flush, Snapshot? snapshot, LogPosition truncate)
    {
        if (snapshot is not null) yield return new IcebergSnapshotCreated(flush.Id, snapshot.SnapshotId, snapshot.SequenceNumber);
        foreach (var range in flush.Ranges) yield return new OffsetCommit(range.Source.Topic, range.Source.Partition, range.Next, snapshot?.SnapshotId);
        yield return new FlushComplete(flush.Id, truncate);
    }

    internal static string NameOf(LogEntryKind kind) => kind switch
    {
        LogEntryKind.Records => nameof(LogEntryKind.Records),
        LogEntryKind.RunStarted => nameof(RunStarted),
        LogEntryKind.BufferSnapshot => nameof(BufferSnapshot),
        LogEntryKind.DataFileWritten => nameof(DataFileWritten),
        LogEntryKind.CommitStarted => nameof(CommitStarted),
        LogEntryKind.IcebergSnapshotCreated => nameof(IcebergSnapshotCreated),
        LogEntryKind.OffsetCommit => nameof(OffsetCommit),
        LogEntryKind.FlushComplete => nameof(FlushComplete),
        LogEntryKind.SchemaEvolution => nameof(SchemaEvolution),
        LogEntryKind.MaintenanceTask => nameof(MaintenanceTask),
        LogEntryKind.FlushAbandoned => nameof(FlushAbandoned),
        LogEntryKind.StartsDecided => nameof(StartsDecided),
        _ => $"Unknown{(byte)kind}",
    };

    private static Func<JsonElement, LogEntry>? ReaderOf(LogEntryKind kind) => kind switch
    {
        LogEntryKind.RunStarted => RunStarted.Read,
        LogEntryKind.BufferSnapshot => BufferSnapshot.Read,
        LogEntryKind.DataFileWritten => DataFileWritten.Read,
        LogEntryKind.CommitStarted => CommitStarted.Read,
        LogEntryKind.IcebergSnapshotCreated => IcebergSnapshotCreated.Read,
        LogEntryKind.OffsetCommit => OffsetCommit.Read,
        LogEntryKind.FlushComplete => FlushComplete.Read,
        LogEntryKind.SchemaEvolution => SchemaEvolution.Read,
        LogEntryKind.MaintenanceTask => MaintenanceTask.Read,
        LogEntryKind.FlushAbandoned => FlushAbandoned.Read,
        LogEntryKind.StartsDecided => StartsDecided.Read,
        _ => null,
    };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static SnapshotId SnapshotOf(JsonElement json) =>
        new(long.Parse(Text(json, "icebergSnapshot"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));

    private static OffsetMap Offsets(JsonElement json) => OffsetMap.Parse(json.GetProperty("offsets").GetRawText());

    private static void Write(Utf8JsonWriter json, OffsetMap offsets)
    {
        json.WritePropertyName("offsets");
        json.WriteRawValue(offsets.ToJson());
    }
}
