using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Parquet;

/// <summary>Some rows of a row group, as ranges that ascend, do not touch and are not empty; counted from the group's first row.</summary>
public sealed class RowSelection
{
    private RowSelection(ImmutableArray<RowRange> ranges)
    {
        Ranges = ranges;
        foreach (var range in ranges) Rows += range.Rows;
    }

    public static RowSelection None { get; } = new([]);

    public ImmutableArray<RowRange> Ranges { get; }

    public long Rows { get; }

    /// <summary>Rows from 0 on.</summary>
    public static RowSelection All(long rows) => Of([new(0, rows)]);

    /// <summary>Ranges that ascend and do not overlap; those that touch become one.</summary>
    public static RowSelection Of(IEnumerable<RowRange> ranges)
    {
        var joined = ImmutableArray.CreateBuilder<RowRange>();
        foreach (var range in ranges)
        {
            var last = joined.Count > 0 ? joined[^1].To : 0;
            Check.That(range.From >= last && range.To >= range.From);
            if (range.Rows == 0) continue;
            if (joined.Count > 0 && range.From == last) joined[^1] = new(joined[^1].From, range.To);
            else joined.Add(range);
        }
        return joined.Count == 0 ? None : new(joined.ToImmutable());
    }

    /// <summary>The rows that are in both.</summary>
    public RowSelection And(RowSelection other)
    {
        var common = new List<RowRange>();
        for (int i = 0, k = 0; i < Ranges.Length && k < other.Ranges.Length;)
        {
            var (a, b) = (Ranges[i], other.Ranges[k]);
            var range = new RowRange(Math.Max(a.From, b.From), Math.Min(a.To, b.To));
            if (range.Rows > 0) common.Add(range);
            if (a.To <= b.To) i++;
            else k++;
        }
        return Of(common);
    }
}
