using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>
/// How far a table is: topic → partition → next offset (exclusive end of what the table holds), with each topic's id. Immutable.
/// </summary>
/// <remarks>
/// As JSON, in snapshot summaries and the table property of the same name:
/// <code>{"orders":{"id":"Uq3…","partitions":{"0":42000,"1":41873}}}</code>
/// </remarks>
public sealed class OffsetMap
{
    public static readonly OffsetMap Empty = new(ImmutableSortedDictionary.Create<string, TopicOffsets>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, TopicOffsets> topics;

    private OffsetMap(ImmutableSortedDictionary<string, TopicOffsets> topics) => this.topics = topics;

    /// <summary>One topic's part: its Kafka topic id (null where the broker gave none) and next offsets by partition.</summary>
    public sealed record TopicOffsets(string? TopicId, ImmutableSortedDictionary<int, Offset> Partitions);

    public IEnumerable<KeyValuePair<string, TopicOffsets>> Topics => topics;

    /// <summary>The next offset of a partition; null where the table has none.</summary>
    public Offset? Next(string topic, int partition) =>
        topics.TryGetValue(topic, out var entry) && entry.Partitions.TryGetValue(partition, out var next) ? next : null;

    public bool IsEmpty => topics.IsEmpty;

    /// <summary>There is an offset of some partition of the topic.</summary>
    public bool Has(string topic) => topics.ContainsKey(topic);

    public string? TopicId(string topic) => topics.TryGetValue(topic, out var entry) ? entry.TopicId : null;

    /// <summary>This map with one partition moved.</summary>
    public OffsetMap With(string topic, string? topicId, int partition, Offset next)
    {
        var entry = topics.TryGetValue(topic, out var old) ? old : new(null, ImmutableSortedDictionary<int, Offset>.Empty);
        return new(topics.SetItem(topic, new(topicId ?? entry.TopicId, entry.Partitions.SetItem(partition, next))));
    }

    /// <summary>This map without a topic.</summary>
    public OffsetMap Without(string topic) => topics.ContainsKey(topic) ? new(topics.Remove(topic)) : this;

    /// <summary>
    /// This map with the partitions that it lacks and a former one of the same topics has, at offset 0: the table had something of them
    /// once, and was turned back behind that.
    /// </summary>
    internal OffsetMap WithLost(OffsetMap former)
    {
        var map = this;
        foreach (var (topic, had) in former.topics)
        {
            if (TopicId(topic) is { } id && had.TopicId is { } other && id != other) continue;
            foreach (var partition in had.Partitions.Keys)
                if (Next(topic, partition) is null) map = map.With(topic, had.TopicId, partition, new(0));
        }
        return map;
    }

    /// <summary>How far a table is: the map of the nearest ancestor of its current snapshot that has one, else the property's; empty for a table of someone else's.</summary>
    public static OffsetMap Of(Table table)
    {
        var text = table.Metadata.Ancestors().Select(s => s.Summary.GetValueOrDefault(K2IKeys.Offsets)).FirstOrDefault(t => t is not null) ?? Inherited(table.Metadata);
        try
        {
            return text is null ? Empty : Parse(text);
        }
        catch (EngineException error)
        {
            throw new EngineException(error.Kind, $"table {table.Ident}: {error.Message}", error);
        }
    }

    /// <summary>What the table's property says; empty where it says nothing of this table.</summary>
    internal static OffsetMap PropertyOf(Table table) => Inherited(table.Metadata) is { } text ? Parse(text) : Empty;

    /// <summary>The map as summary entry and as properties of the table, for one commit.</summary>
    public ImmutableSortedDictionary<string, string> PropertiesOf(Table table) =>
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(K2IKeys.Offsets, ToJson()).Add(K2IKeys.OffsetsOf, table.Metadata.Uuid);

    private static string? Inherited(TableMetadata metadata) => (metadata.Property(K2IKeys.OffsetsOf) ?? metadata.Uuid) == metadata.Uuid ? metadata.Property(K2IKeys.Offsets) : null;

    public string ToJson()
    {
        using var buffer = new ArrayPoolBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (topic, entry) in topics)
            {
                json.WriteStartObject(topic);
                if (entry.TopicId is not null) json.WriteString("id", entry.TopicId);
                json.WriteStartObject("partitions");
                foreach (var (partition, next) in entry.Partitions)
                    json.WriteNumber(partition.ToString(CultureInfo.InvariantCulture), next.Value);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <exception cref="EngineException"><see cref="ErrorKind.Corrupt"/>: the text is not an offset map.</exception>
    public static OffsetMap Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var map = Empty.topics.ToBuilder();
            foreach (var topic in document.RootElement.EnumerateObject())
            {
                var id = topic.Value.TryGetProperty("id", out var value) ? value.GetString() : null;
                var partitions = ImmutableSortedDictionary.CreateBuilder<int, Offset>();
                foreach (var partition in topic.Value.GetProperty("partitions").EnumerateObject())
                    partitions.Add(int.Parse(partition.Name, NumberStyles.None, CultureInfo.InvariantCulture), new(partition.Value.GetInt64()));
                map.Add(topic.Name, new(id, partitions.ToImmutable()));
            }
            return new(map.ToImmutable());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            throw new EngineException(ErrorKind.Corrupt, $"{K2IKeys.Offsets} is not an offset map: {e.Message}", e);
        }
    }
}
