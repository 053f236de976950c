using K2I.Columns;

namespace K2I.Ring.Tests;

/// <summary>Schemas and rows for tests of the pool.</summary>
internal static class Rows
{
    internal static readonly Schema Numbers = Schema.Of(new Field(1, "n", PrimitiveType.Long, true));

    /// <summary>Ten numbers and ten texts.</summary>
    internal static readonly Schema Events = Wide(20);

    internal static Schema Wide(int columns) =>
        Schema.Of([.. Enumerable.Range(1, columns).Select(i => new Field(i, "c" + i, i % 2 == 0 ? PrimitiveType.String : PrimitiveType.Long,
            false))]);

    internal static bool Append(Segment segment, long value)
    {
        segment.Rows.Column(0).AppendLong(value);
        return segment.Rows.EndRow();
    }

    internal static bool AppendEvent(Segment segment, long value, ReadOnlySpan<byte> text)
    {
        var rows = segment.Rows;
        for (var i = 0; i < rows.ColumnCount; i++)
            if (i % 2 == 0) rows.Column(i).AppendLong(value);
            else rows.Column(i).AppendBytes(text);
        return rows.EndRow();
    }

    internal static Segment Filled(PoolAccount account, long value, long bytes = SegmentClasses.Smallest)
    {
        var segment = account.TryOpen(Numbers, bytes)!;
        Assert.True(Append(segment, value));
        segment.Seal();
        return segment;
    }

    internal static void Flush(Segment segment)
    {
        segment.MarkFlushed(0);
        Assert.True(segment.TryRetire());
    }
}
