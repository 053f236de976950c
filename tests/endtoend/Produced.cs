using System.Text.Json;

namespace K2I.EndToEnd.Tests;

/// <summary>A record that Kafka acknowledged, and the row expected of it; the row is null for a record that must become a dead letter.</summary>
internal sealed record Produced(string Topic, int Partition, long Offset, string Value, JsonElement? Row)
{
    /// <summary>Names the row: every record becomes one.</summary>
    public static string Identity(JsonElement row)
    {
        var from = row.GetProperty("_kafka");
        return $"{from.GetProperty("topic")}:{from.GetProperty("partition")}:{from.GetProperty("offset")}";
    }

    public static List<OffsetRange> Ranges(IEnumerable<Produced> records) =>
        [.. records.GroupBy(r => (r.Topic, r.Partition)).Select(g => new OffsetRange(g.Key.Topic, g.Key.Partition, g.Min(r => r.Offset), g.Max(r => r.Offset) + 1))];

    public static List<JsonElement> Rows(IEnumerable<Produced> records) => [.. records.Where(r => r.Row is not null).Select(r => r.Row!.Value)];
}
