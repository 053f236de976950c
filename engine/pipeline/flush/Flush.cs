using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>One flush: its id and epoch, which stand in file names and in the snapshot, and the offsets it adds. The same through all retries, and after a crash.</summary>
internal sealed record Flush(string Id, long Epoch, IReadOnlyList<OffsetRange> Ranges)
{
    /// <summary>The commit under way; kept while its outcome is unknown.</summary>
    internal AppendFiles? Action { get; set; }

    /// <summary>The catalog was asked to commit it.</summary>
    internal bool WasTried { get; set; }

    /// <summary>An answer of the catalog was lost: whatever comes later, its files may be in the table.</summary>
    internal bool MayHaveLanded { get; set; }

    /// <summary>The topics' ids: <c>{"orders":"Uq3…"}</c>; those that the broker tells.</summary>
    internal string TopicIdsJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var topic in Ranges.Where(r => r.Source.TopicId is not null).GroupBy(r => r.Source.Topic, StringComparer.Ordinal))
                json.WriteString(topic.Key, topic.First().Source.TopicId);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The ranges as each data file carries them: <c>{"orders":{"0":[41000,42000]}}</c>, first inclusive, next exclusive.</summary>
    internal string RangesJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var topic in Ranges.GroupBy(r => r.Source.Topic, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject(topic.Key);
                foreach (var range in topic.OrderBy(r => r.Source.Partition))
                {
                    json.WriteStartArray(range.Source.Partition.ToString(CultureInfo.InvariantCulture));
                    json.WriteNumberValue(range.From);
                    json.WriteNumberValue(range.Next);
                    json.WriteEndArray();
                }
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
