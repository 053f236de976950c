namespace K2I.Parquet;

/// <summary>A column chunk's indexes (parquet.thrift, OffsetIndex and ColumnIndex): where its pages lie, which row each begins with, and the bounds of its values.</summary>
/// <remarks>What a reader can do without: an index that is not there, or does not make sense, is null. Whether pages have the rows it says is checked when they are read.</remarks>
internal sealed class PageIndex
{
    /// <summary>A page's place has three fields and an end.</summary>
    private const int MaxIndexBytes = 64 << 20, LeastPlaceBytes = 7;

    private PageIndex(PagePlace[] pages, long rows)
    {
        Pages = pages;
        Rows = rows;
    }

    /// <summary>In the order of their rows; at least one.</summary>
    internal PagePlace[] Pages { get; }

    /// <summary>Of the row group.</summary>
    internal long Rows { get; }

    internal static PageIndex? Read(IByteSource source, ChunkInfo chunk, long rows, long pagesEnd)
    {
        if (Bytes(source, chunk.OffsetIndex) is not { } bytes) return null;
        var thrift = new ThriftReader(bytes);
        PagePlace[] pages = [];
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            if (id != 1)
            {
                thrift.Skip(type);
                continue;
            }
            var count = thrift.BeginList(type, out _);
            if (count > bytes.Length / LeastPlaceBytes) return null;
            pages = new PagePlace[count];
            for (var i = 0; i < pages.Length && !thrift.Failed; i++) pages[i] = Place(ref thrift);
        }
        if (thrift.Failed || pages.Length == 0 || pages[0].FirstRow != 0) return null;
        for (var i = 0; i < pages.Length; i++)
        {
            var before = i == 0 ? new PagePlace(chunk.Start, 0, -1) : pages[i - 1];
            var page = pages[i];
            if (page.Offset < before.Offset + before.Bytes || page.Bytes <= 0 || page.Bytes > pagesEnd - page.Offset || page.FirstRow <= before.FirstRow || page.FirstRow >= rows) return null;
        }
        return new(pages, rows);
    }

    /// <summary>The page that holds a row.</summary>
    internal int PageOf(long row)
    {
        int low = 0, high = Pages.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Pages[middle].FirstRow <= row) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    internal long RowsOf(int page) => (page + 1 < Pages.Length ? Pages[page + 1].FirstRow : Rows) - Pages[page].FirstRow;

    /// <summary>The pages' statistics, with values made by <paramref name="convert"/>; null without any that make sense.</summary>
    internal PageStatistics[]? Statistics(IByteSource source, ChunkInfo chunk, RowGroupStatistics.Convert convert)
    {
        if (Bytes(source, chunk.ColumnIndex) is not { } bytes) return null;
        var thrift = new ThriftReader(bytes);
        var count = Pages.Length;
        bool[]? isNull = null;
        ReadOnlyMemory<byte>?[]? mins = null, maxs = null;
        long?[]? nulls = null;
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            if (id is < 1 or > 5 or 4)
            {
                thrift.Skip(type);
                continue;
            }
            if (thrift.BeginList(type, out var elements) != count) return null;
            if (id == 1) isNull = new bool[count];
            else if (id == 2) mins = new ReadOnlyMemory<byte>?[count];
            else if (id == 3) maxs = new ReadOnlyMemory<byte>?[count];
            else nulls = new long?[count];
            for (var i = 0; i < count && !thrift.Failed; i++)
            {
                if (id == 1) isNull![i] = thrift.BoolElement();
                else if (id == 5) nulls![i] = thrift.Int(elements);
                else (id == 2 ? mins : maxs)![i] = convert(thrift.Bytes(elements));
            }
        }
        if (thrift.Failed || isNull is null || mins is null || maxs is null) return null;
        var statistics = new PageStatistics[count];
        for (var i = 0; i < count; i++)
        {
            var rows = RowsOf(i);
            statistics[i] = new(Pages[i].FirstRow, rows, isNull[i] ? new(null, null, rows) : new(mins[i], maxs[i], nulls?[i]));
        }
        return statistics;
    }

    private static PagePlace Place(ref ThriftReader thrift)
    {
        long offset = 0, firstRow = -1;
        var bytes = 0;
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            if (id == 1) offset = thrift.Int(type);
            else if (id == 2) bytes = thrift.Int32(type);
            else if (id == 3) firstRow = thrift.Int(type);
            else thrift.Skip(type);
        }
        return new(offset, bytes, firstRow);
    }

    private static byte[]? Bytes(IByteSource source, (long At, int Length) place)
    {
        if (place.Length is <= 0 or > MaxIndexBytes || place.At < 4 || place.At > source.Length - place.Length) return null;
        var bytes = new byte[place.Length];
        source.Read(place.At, bytes);
        return bytes;
    }
}
