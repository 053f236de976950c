using System.Buffers;
using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Iceberg;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>The JSON of each state entry. Every entry has <c>type</c> and <c>timestamp</c>; a reader passes over what it does not know.</summary>
internal static class LogEntries
{
    internal static byte[] SessionStarted(IClock clock, string uuid, long epoch, OffsetMap offsets) => Entry(clock, LogEntryKind.SessionStarted, json =>
    {
        json.WriteString("uuid", uuid);
        json.WriteNumber("epoch", epoch);
        json.WritePropertyName("offsets");
        json.WriteRawValue(offsets.ToJson());
    });

    internal static byte[] BufferSnapshot(IClock clock, Flush flush, long rows) => Entry(clock, LogEntryKind.BufferSnapshot, json =>
    {
        json.WriteString("flush", flush.Id);
        json.WriteNumber("epoch", flush.Epoch);
        json.WriteNumber("rows", rows);
        json.WritePropertyName("ranges");
        json.WriteRawValue(flush.RangesJson());
        json.WriteStartObject("begins");
        foreach (var topic in flush.Ranges.Where(r => r.Begins).GroupBy(r => r.Source.Topic, StringComparer.Ordinal))
        {
            json.WriteStartArray(topic.Key);
            foreach (var range in topic) json.WriteNumberValue(range.Source.Partition);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WritePropertyName("ids");
        json.WriteRawValue(flush.TopicIdsJson());
    });

    internal static byte[] DataFileWritten(IClock clock, Flush flush, WrittenFile file, byte[] description) => Entry(clock, LogEntryKind.DataFileWritten, json =>
    {
        json.WriteString("flush", flush.Id);
        json.WriteString("path", file.File.FilePath);
        json.WriteNumber("rows", file.File.RecordCount);
        json.WriteNumber("bytes", file.File.FileSizeBytes);
        json.WriteString("sha256", file.Sha256);
        json.WriteNumber("spec", file.File.SpecId);
        json.WriteBase64String("description", description);
    });

    internal static byte[] CommitStarted(IClock clock, Flush flush, int files) => Entry(clock, LogEntryKind.CommitStarted, json =>
    {
        json.WriteString("flush", flush.Id);
        json.WriteNumber("files", files);
    });

    private static byte[] IcebergSnapshotCreated(IClock clock, Flush flush, Snapshot snapshot) => Entry(clock, LogEntryKind.IcebergSnapshotCreated, json =>
    {
        json.WriteString("flush", flush.Id);
        json.WriteString("icebergSnapshot", snapshot.SnapshotId.ToString());
        json.WriteNumber("sequence", snapshot.SequenceNumber);
    });

    private static byte[] OffsetCommit(IClock clock, OffsetRange range, Snapshot? snapshot) => Entry(clock, LogEntryKind.OffsetCommit, json =>
    {
        json.WriteString("topic", range.Source.Topic);
        json.WriteNumber("partition", range.Source.Partition);
        json.WriteNumber("offset", range.Next);
        if (snapshot is not null) json.WriteString("icebergSnapshot", snapshot.SnapshotId.ToString());
    });

    private static byte[] FlushComplete(IClock clock, Flush flush, LogPosition truncate) => Entry(clock, LogEntryKind.FlushComplete, json =>
    {
        json.WriteString("flush", flush.Id);
        json.WriteNumber("truncate", truncate.Bytes);
    });

    /// <summary>The entries of a flush that is in the table: the snapshot, the offsets, its end.</summary>
    internal static IEnumerable<(LogEntryKind Kind, byte[] Json)> Landed(IClock clock, Flush flush, Snapshot? snapshot, LogPosition truncate)
    {
        if (snapshot is not null) yield return (LogEntryKind.IcebergSnapshotCreated, IcebergSnapshotCreated(clock, flush, snapshot));
        foreach (var range in flush.Ranges) yield return (LogEntryKind.OffsetCommit, OffsetCommit(clock, range, snapshot));
        yield return (LogEntryKind.FlushComplete, FlushComplete(clock, flush, truncate));
    }

    internal static byte[] SchemaEvolution(IClock clock, int schemaId, IEnumerable<string> columns) => Entry(clock, LogEntryKind.SchemaEvolution, json =>
    {
        json.WriteNumber("schema", schemaId);
        json.WriteStartArray("columns");
        foreach (var column in columns) json.WriteStringValue(column);
        json.WriteEndArray();
    });

    internal static byte[] FlushAbandoned(IClock clock, Flush flush, string why) => Entry(clock, LogEntryKind.FlushAbandoned, json =>
    {
        json.WriteString("flush", flush.Id);
        json.WriteString("reason", why);
    });

    internal static byte[] MaintenanceTask(IClock clock, string task, int files, string detail) => Entry(clock, LogEntryKind.MaintenanceTask, json =>
    {
        json.WriteString("task", task);
        json.WriteNumber("files", files);
        json.WriteString("detail", detail);
    });

    internal static byte[] StartsDecided(IClock clock, OffsetMap offsets) => Entry(clock, LogEntryKind.StartsDecided, json =>
    {
        json.WritePropertyName("offsets");
        json.WriteRawValue(offsets.ToJson());
    });

    private static byte[] Entry(IClock clock, LogEntryKind kind, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", NameOf(kind));
            json.WriteString("timestamp", DateTimeOffset.FromUnixTimeMilliseconds(clock.UnixMs).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            write(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    internal static string NameOf(LogEntryKind kind) => kind switch
    {
        LogEntryKind.Records => "Records",
        LogEntryKind.SessionStarted => "SessionStarted",
        LogEntryKind.BufferSnapshot => "BufferSnapshot",
        LogEntryKind.DataFileWritten => "DataFileWritten",
        LogEntryKind.CommitStarted => "CommitStarted",
        LogEntryKind.IcebergSnapshotCreated => "IcebergSnapshotCreated",
        LogEntryKind.OffsetCommit => "OffsetCommit",
        LogEntryKind.FlushComplete => "FlushComplete",
        LogEntryKind.SchemaEvolution => "SchemaEvolution",
        LogEntryKind.MaintenanceTask => "MaintenanceTask",
        LogEntryKind.FlushAbandoned => "FlushAbandoned",
        LogEntryKind.StartsDecided => "StartsDecided",
        _ => $"Unknown{(byte)kind}",
    };
}
