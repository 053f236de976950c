using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>One flush: its id, which stands in file names and in the snapshot, and the offsets it adds. The same through all retries.</summary>
internal sealed record Flush(string Id, IReadOnlyList<OffsetRange> Ranges)
{
    /// <summary>The commit under way; kept while its outcome is unknown.</summary>
    internal AppendFiles? Action { get; set; }

    /// <summary>The ranges as each data file carries them: <c>{"orders":{"0":[41000,42000]}}</c>, first inclusive (null: the partition's start), next exclusive.</summary>
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
                    if (range.From < 0) json.WriteNullValue();
                    else json.WriteNumberValue(range.From);
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
