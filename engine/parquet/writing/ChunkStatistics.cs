using K2I.Columns;

namespace K2I.Parquet;

/// <summary>What one leaf column's pages add up to: per page for the indexes, per chunk for the footer, per file for the caller.</summary>
internal sealed class ChunkStatistics(LeafWriter leaf, ParquetOptions options)
{
    /// <summary>Fixed-length values longer than this have no bounds in the file: readers expect them whole.</summary>
    private const int LongestFixedBound = 256;

    private readonly List<PageEntry> pages = [];
    private readonly BoundValue chunkMin = new(), chunkMax = new(), fileMin = new(), fileMax = new();
    private byte[] bounds = [];
    private byte[] scratch = [];
    private int boundsUsed;
    private bool indexable = true;
    private long fileEntries, fileNulls, fileNans, fileBytes;

    /// <summary>The chunk being written.</summary>
    internal ColumnChunk Chunk { get; private set; } = new();

    private bool IsText => leaf.Type.Kind == TypeKind.String;

    internal void AddPage(
        PageEntry page, PageEncoding encoding, int entries, long uncompressedBytes, long nans, bool hasBounds, ReadOnlySpan<byte> min, ReadOnlySpan<byte> max)
    {
        Chunk.Entries += entries;
        Chunk.Nulls += page.Nulls;
        Chunk.Nans += nans;
        Chunk.UncompressedBytes += uncompressedBytes;
        Chunk.CompressedBytes += page.Bytes;
        Chunk.UnencodedBytes += page.UnencodedBytes;
        if (encoding == PageEncoding.RleDictionary) Chunk.DictionaryPages++;
        else (Chunk.ValueEncoding, Chunk.ValuePages, Chunk.HasOtherValues) = (encoding, Chunk.ValuePages + 1, Chunk.HasOtherValues || entries > page.Nulls);
        page.BoundsAt = boundsUsed;
        page.MinBytes = page.MaxBytes = -1;
        if (hasBounds)
        {
            if (!chunkMin.Has || leaf.Compare(min, chunkMin.Value) < 0) chunkMin.Set(min);
            if (!chunkMax.Has || leaf.Compare(max, chunkMax.Value) > 0) chunkMax.Set(max);
            AddBounds(ref page, min, max);
        }
        else if (entries > page.Nulls)
        {
            indexable = false;
        }
        pages.Add(page);
    }

    /// <summary>Completes the chunk's entry in the footer, writes its indexes, and begins the next chunk.</summary>
    internal void EndChunk(ColumnChunk chunk, ThriftWriter thrift, BlockChain columnIndexes, BlockChain offsetIndexes)
    {
        SetBounds(chunk);
        if (options.PageIndex)
        {
            if (indexable)
            {
                WriteColumnIndex(thrift);
                columnIndexes.Append(thrift.Written);
                chunk.ColumnIndexBytes = thrift.Length;
            }
            WriteOffsetIndex(thrift, chunk.DataOffset);
            offsetIndexes.Append(thrift.Written);
            chunk.OffsetIndexBytes = thrift.Length;
        }
        if (chunkMin.Has && (!fileMin.Has || leaf.Compare(chunkMin.Value, fileMin.Value) < 0)) fileMin.Set(chunkMin.Value);
        if (chunkMax.Has && (!fileMax.Has || leaf.Compare(chunkMax.Value, fileMax.Value) > 0)) fileMax.Set(chunkMax.Value);
        fileEntries += chunk.Entries;
        fileNulls += chunk.Nulls;
        fileNans += chunk.Nans;
        fileBytes += chunk.CompressedBytes;
        chunkMin.Clear();
        chunkMax.Clear();
        pages.Clear();
        boundsUsed = 0;
        indexable = true;
        Chunk = new();
    }

    internal LeafStatistics ForFile()
    {
        var repeated = leaf.Node.MaxRepetition > 0;
        var floating = leaf.Physical is PhysicalType.Float or PhysicalType.Double;
        return new(
            leaf.Node.Field.Id, leaf.Node.Path, repeated, leaf.Type, fileEntries, fileNulls, floating ? fileNans : null, fileBytes,
            repeated || !fileMin.Has ? null : BoundBytes.ToSingleValue(fileMin.Value, leaf.Type, leaf.Physical),
            repeated || !fileMax.Has ? null : BoundBytes.ToSingleValue(fileMax.Value, leaf.Type, leaf.Physical));
    }

    private void AddBounds(ref PageEntry page, ReadOnlySpan<byte> min, ReadOnlySpan<byte> max)
    {
        if (leaf.Physical == PhysicalType.FixedLenByteArray && min.Length > LongestFixedBound)
        {
            indexable = false;
            return;
        }
        var minBytes = leaf.Physical == PhysicalType.ByteArray ? BoundBytes.LowerLength(min, options.StatisticsBytes, IsText) : min.Length;
        var upper = Upper(max, out _);
        if (upper.IsEmpty && !max.IsEmpty)
        {
            indexable = false;
            return;
        }
        var needed = boundsUsed + minBytes + upper.Length;
        if (bounds.Length < needed) Array.Resize(ref bounds, Math.Max(needed, Math.Max(256, bounds.Length * 2)));
        min[..minBytes].CopyTo(bounds.AsSpan(boundsUsed));
        upper.CopyTo(bounds.AsSpan(boundsUsed + minBytes));
        (page.MinBytes, page.MaxBytes) = (minBytes, upper.Length);
        boundsUsed = needed;
    }

    /// <summary>The value or something short above it; empty when there is no such thing.</summary>
    private ReadOnlySpan<byte> Upper(ReadOnlySpan<byte> max, out bool exact)
    {
        exact = true;
        if (leaf.Physical != PhysicalType.ByteArray || max.Length <= options.StatisticsBytes) return max;
        exact = false;
        if (scratch.Length == 0) scratch = new byte[options.StatisticsBytes + 4];
        var length = BoundBytes.RaisePrefix(max, options.StatisticsBytes, IsText, scratch);
        return length < 0 ? [] : scratch.AsSpan(0, length);
    }

    private void SetBounds(ColumnChunk chunk)
    {
        if (!chunkMin.Has || (leaf.Physical == PhysicalType.FixedLenByteArray && chunkMin.Value.Length > LongestFixedBound)) return;
        var min = chunkMin.Value;
        var minBytes = leaf.Physical == PhysicalType.ByteArray ? BoundBytes.LowerLength(min, options.StatisticsBytes, IsText) : min.Length;
        chunk.Min = min[..minBytes].ToArray();
        chunk.MinExact = minBytes == min.Length;
        var max = chunkMax.Value;
        var upper = Upper(max, out var exact);
        if (upper.IsEmpty && !max.IsEmpty) return;
        chunk.Max = upper.ToArray();
        chunk.MaxExact = exact;
    }

    private ReadOnlySpan<byte> Min(in PageEntry page) => bounds.AsSpan(page.BoundsAt, Math.Max(page.MinBytes, 0));

    private ReadOnlySpan<byte> Max(in PageEntry page) => bounds.AsSpan(page.BoundsAt + Math.Max(page.MinBytes, 0), Math.Max(page.MaxBytes, 0));

    private void WriteColumnIndex(ThriftWriter thrift)
    {
        thrift.Reset();
        thrift.BeginList(1, ThriftWriter.True, pages.Count);
        foreach (var page in pages) thrift.BoolElement(page.MinBytes < 0);
        thrift.BeginList(2, ThriftWriter.Binary, pages.Count);
        foreach (var page in pages) thrift.BinaryElement(Min(page));
        thrift.BeginList(3, ThriftWriter.Binary, pages.Count);
        foreach (var page in pages) thrift.BinaryElement(Max(page));
        thrift.WriteI32(4, BoundaryOrder());
        thrift.BeginList(5, ThriftWriter.I64, pages.Count);
        foreach (var page in pages) thrift.ZigZag(page.Nulls);
        thrift.End();
    }

    /// <summary>0 none, 1 ascending, 2 descending; pages of nulls do not count.</summary>
    private int BoundaryOrder()
    {
        bool ascending = true, descending = true;
        var last = -1;
        for (var i = 0; i < pages.Count; i++)
        {
            if (pages[i].MinBytes < 0) continue;
            if (last >= 0)
            {
                var min = leaf.Compare(Min(pages[last]), Min(pages[i]));
                var max = leaf.Compare(Max(pages[last]), Max(pages[i]));
                ascending &= min <= 0 && max <= 0;
                descending &= min >= 0 && max >= 0;
            }
            last = i;
        }
        return ascending ? 1 : descending ? 2 : 0;
    }

    private void WriteOffsetIndex(ThriftWriter thrift, long start)
    {
        thrift.Reset();
        thrift.BeginList(1, ThriftWriter.Struct, pages.Count);
        foreach (var page in pages)
        {
            thrift.BeginElement();
            thrift.WriteI64(1, start + page.Offset);
            thrift.WriteI32(2, page.Bytes);
            thrift.WriteI64(3, page.FirstRow);
            thrift.EndStruct();
        }
        if (leaf.Physical == PhysicalType.ByteArray)
        {
            thrift.BeginList(2, ThriftWriter.I64, pages.Count);
            foreach (var page in pages) thrift.ZigZag(page.UnencodedBytes);
        }
        thrift.End();
    }
}
