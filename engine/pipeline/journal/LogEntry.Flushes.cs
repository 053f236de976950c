using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Iceberg;
using K2I.Wal;

namespace K2I.Pipeline;

/// <summary>The entries of flushes; <see cref="LogEntryKind"/> says what each tells.</summary>
internal abstract partial record LogEntry
{
    internal sealed record BufferSnapshot(string Flush, long Epoch, long Rows, IReadOnlyList<LoggedFlush.Range> Ranges) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.BufferSnapshot;

        internal static BufferSnapshot Of(Flush flush, long rows) => new(flush.Id, flush.Epoch, rows, [.. flush.Ranges.Select(LoggedFlush.Range.Of)]);

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("flush", Flush);
            json.WriteNumber("epoch", Epoch);
            json.WriteNumber("rows", Rows);
            json.WritePropertyName("ranges");
            WriteRanges(json, Ranges);
            json.WriteStartObject("begins");
            foreach (var topic in Ranges.Where(r => r.Begins).GroupBy(r => r.Topic, StringComparer.Ordinal))
            {
                json.WriteStartArray(topic.Key);
                foreach (var range in topic) json.WriteNumberValue(range.Partition);
                json.WriteEndArray();
            }
            json.WriteEndObject();
            json.WriteStartObject("ids");
            foreach (var topic in Ranges.Where(r => r.TopicId is not null).GroupBy(r => r.Topic, StringComparer.Ordinal)) json.WriteString(topic.Key, topic.First().TopicId);
            json.WriteEndObject();
        }

        internal static BufferSnapshot Read(JsonElement json)
        {
            JsonElement begins = json.GetProperty("begins"), ids = json.GetProperty("ids");
            var ranges = new List<LoggedFlush.Range>();
            foreach (var topic in json.GetProperty("ranges").EnumerateObject())
            {
                var id = ids.TryGetProperty(topic.Name, out var known) ? known.GetString() : null;
                var begun = begins.TryGetProperty(topic.Name, out var list) ? list.EnumerateArray().Select(p => p.GetInt32()).ToHashSet() : [];
                foreach (var range in topic.Value.EnumerateObject())
                {
                    var partition = int.Parse(range.Name, CultureInfo.InvariantCulture);
                    ranges.Add(new(topic.Name, id, partition, new(range.Value[0].GetInt64()), new(range.Value[1].GetInt64()), begun.Contains(partition)));
                }
            }
            return new(Text(json, "flush"), Number(json, "epoch"), Number(json, "rows"), ranges);
        }

        /// <summary>The ranges as each data file carries them too: <c>{"orders":{"0":[41000,42000]}}</c>, first inclusive, next exclusive.</summary>
        internal static void WriteRanges(Utf8JsonWriter json, IEnumerable<LoggedFlush.Range> ranges)
        {
            json.WriteStartObject();
            foreach (var topic in ranges.GroupBy(r => r.Topic, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject(topic.Key);
                foreach (var range in topic.OrderBy(r => r.Partition))
                {
                    json.WriteStartArray(range.Partition.ToString(CultureInfo.InvariantCulture));
                    json.WriteNumberValue(range.From.Value);
                    json.WriteNumberValue(range.Next.Value);
                    json.WriteEndArray();
                }
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
    }

    internal sealed record DataFileWritten(string Flush, string Path, long Rows, long Bytes, string Sha256, int SpecId, byte[] Description) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.DataFileWritten;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("flush", Flush);
            json.WriteString("path", Path);
            json.WriteNumber("rows", Rows);
            json.WriteNumber("bytes", Bytes);
            json.WriteString("sha256", Sha256);
            json.WriteNumber("spec", SpecId);
            json.WriteBase64String("description", Description);
        }

        internal static DataFileWritten Read(JsonElement json) => new(Text(json, "flush"), Text(json, "path"), Number(json, "rows"), Number(json, "bytes"),
            Text(json, "sha256"), json.GetProperty("spec").GetInt32(), json.GetProperty("description").GetBytesFromBase64());
    }

    internal sealed record CommitStarted(string Flush, int Files) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.CommitStarted;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("flush", Flush);
            json.WriteNumber("files", Files);
        }

        internal static CommitStarted Read(JsonElement json) => new(Text(json, "flush"), json.GetProperty("files").GetInt32());
    }

    internal sealed record IcebergSnapshotCreated(string Flush, SnapshotId Snapshot, long Sequence) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.IcebergSnapshotCreated;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("flush", Flush);
            json.WriteString("icebergSnapshot", Snapshot.ToString());
            json.WriteNumber("sequence", Sequence);
        }

        internal static IcebergSnapshotCreated Read(JsonElement json) =>
            new(Text(json, "flush"), SnapshotOf(json), Number(json, "sequence"));
    }

    internal sealed record OffsetCommit(string Topic, int Partition, Offset Offset, SnapshotId? Snapshot) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.OffsetCommit;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("topic", Topic);
            json.WriteNumber("partition", Partition);
            json.WriteNumber("offset", Offset.Value);
            if (Snapshot is { } id) json.WriteString("icebergSnapshot", id.ToString());
        }

        internal static OffsetCommit Read(JsonElement json) => new(Text(json, "topic"), json.GetProperty("partition").GetInt32(), new(Number(json, "offset")),
            json.TryGetProperty("icebergSnapshot", out _) ? SnapshotOf(json) : null);
    }

    internal sealed record FlushComplete(string Flush, LogPosition Truncate) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.FlushComplete;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("flush", Flush);
            json.WriteNumber("truncate", Truncate.Bytes);
        }

        internal static FlushComplete Read(JsonElement json) => new(Text(json, "flush"), new(Number(json, "truncate")));
    }

    internal sealed record FlushAbandoned(string Flush, string Reason) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.FlushAbandoned;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("flush", Flush);
            json.WriteString("reason", Reason);
        }

        internal static FlushAbandoned Read(JsonElement json) => new(Text(json, "flush"), Text(json, "reason"));
    }
}
