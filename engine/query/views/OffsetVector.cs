using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using K2I.Base;

namespace K2I.Query;

/// <summary>
/// How far a table is: the next offset of each partition that feeds it. All records below are accounted for: rows, dead letters, or offsets
/// without a record. Immutable; ordered by topic, then partition.
/// </summary>
public sealed class OffsetVector
{
    public static readonly OffsetVector Empty = new([]);

    private readonly ImmutableSortedDictionary<(string Topic, int Partition), Offset> next;

    public OffsetVector(IEnumerable<KeyValuePair<(string Topic, int Partition), Offset>> next) =>
        this.next = next.ToImmutableSortedDictionary(Comparer<(string Topic, int Partition)>.Create(Compare));

    public IEnumerable<KeyValuePair<(string Topic, int Partition), Offset>> Partitions => next;

    public bool IsEmpty => next.IsEmpty;

    /// <summary>The next offset of a partition; null where it has none.</summary>
    public Offset? Next(string topic, int partition) => next.TryGetValue((topic, partition), out var offset) ? offset : null;

    /// <summary>It is as far as <paramref name="wanted"/> in each of its partitions.</summary>
    public bool Reaches(OffsetVector wanted)
    {
        foreach (var (partition, offset) in wanted.next)
            if (!next.TryGetValue(partition, out var has) || has < offset) return false;
        return true;
    }

    /// <summary>
    /// <c>topic:partition:next</c>, with commas between; a topic's name has none of the two characters. Throws
    /// <see cref="QueryFault.BadQuestion"/>.
    /// </summary>
    public static OffsetVector Parse(string text)
    {
        var found = new Dictionary<(string Topic, int Partition), Offset>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split(':') is not [{ Length: > 0 } topic, var partition, var offset]
                || !int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
                || !long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var o)
                || !found.TryAdd((topic, p), new(o)))
            {
                throw new QueryException(QueryFault.BadQuestion,
                    $"offsets are topic:partition:next with commas between, each partition once; not '{part}'");
            }
        }
        return new(found);
    }

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var ((topic, partition), offset) in next)
            text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{topic}:{partition}:{offset.Value}");
        return text.ToString();
    }

    private static int Compare((string Topic, int Partition) a, (string Topic, int Partition) b) =>
        string.CompareOrdinal(a.Topic, b.Topic) is not 0 and var order ? order : a.Partition.CompareTo(b.Partition);
}
