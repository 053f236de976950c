using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Iceberg;
using K2I.Maintenance;

namespace K2I.Pipeline;

/// <summary>
/// What maintenance does beside a table's writers and readers that it does not know of: snapshots go on carrying the table's offsets, files
/// the offsets of those they replace. Of snapshots
/// and files of other processes only their age tells that they are in use. Holds no state; any thread.
/// </summary>
public sealed class OffsetCarrier : ITableUse
{
    public static readonly OffsetCarrier Instance = new();

    private OffsetCarrier()
    {
    }

    public ImmutableSortedDictionary<string, string> SummaryOf(Table table)
    {
        var offsets = OffsetMap.Of(table);
        return offsets.IsEmpty ? ImmutableSortedDictionary<string, string>.Empty : offsets.PropertiesOf(table).Remove(K2IKeys.OffsetsOf);
    }

    /// <summary>
    /// The ranges of all of them, joined where they meet: <c>[from, next]</c>, or <c>[from, next, from, next, …]</c> where they do not.
    /// None where one has none: then what the file holds is not known.
    /// </summary>
    public ImmutableSortedDictionary<string, string> FileMetadataOf(IReadOnlyList<IReadOnlyDictionary<string, string>> replaced)
    {
        var none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        var ranges = new SortedDictionary<string, SortedDictionary<int, List<(long From, long Next)>>>(StringComparer.Ordinal);
        foreach (var file in replaced)
            if (!file.TryGetValue(K2IKeys.OffsetRanges, out var text) || !TryRead(text, ranges)) return none;
        return ranges.Count == 0 ? none : none.Add(K2IKeys.OffsetRanges, Write(ranges));
    }

    public ImmutableHashSet<SnapshotId> SnapshotsInUse() => [];

    public bool IsInUse(string location) => false;

    private static bool TryRead(string text, SortedDictionary<string, SortedDictionary<int, List<(long From, long Next)>>> ranges)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            foreach (var topic in json.RootElement.EnumerateObject())
            {
                if (!ranges.TryGetValue(topic.Name, out var partitions)) ranges.Add(topic.Name, partitions = []);
                foreach (var partition in topic.Value.EnumerateObject())
                {
                    var number = int.Parse(partition.Name, NumberStyles.None, CultureInfo.InvariantCulture);
                    if (!partitions.TryGetValue(number, out var found)) partitions.Add(number, found = []);
                    var offsets = partition.Value.EnumerateArray().Select(o => o.GetInt64()).ToArray();
                    if (offsets.Length % 2 != 0) return false;
                    for (var at = 0; at < offsets.Length; at += 2) found.Add((offsets[at], offsets[at + 1]));
                }
            }
            return true;
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Write(SortedDictionary<string, SortedDictionary<int, List<(long From, long Next)>>> ranges)
    {
        using var buffer = new ArrayPoolBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (topic, partitions) in ranges)
            {
                json.WriteStartObject(topic);
                foreach (var (partition, parts) in partitions)
                {
                    json.WriteStartArray(partition.ToString(CultureInfo.InvariantCulture));
                    foreach (var (from, next) in Joined(parts))
                    {
                        json.WriteNumberValue(from);
                        json.WriteNumberValue(next);
                    }
                    json.WriteEndArray();
                }
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static List<(long From, long Next)> Joined(List<(long From, long Next)> parts)
    {
        var joined = new List<(long From, long Next)>();
        foreach (var part in parts.Order())
        {
            if (joined.Count > 0 && part.From <= joined[^1].Next) joined[^1] = (joined[^1].From, Math.Max(joined[^1].Next, part.Next));
            else joined.Add(part);
        }
        return joined;
    }
}
