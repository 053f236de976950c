using System.IO.Hashing;
using System.Runtime.CompilerServices;
using K2I.Base;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>
/// One leaf column of the file being written: collects levels and values into pages, encodes and compresses each page as it fills, and keeps
/// the pages of the row group until it is written. Kinds of values differ in the abstract members.
/// </summary>
/// <remarks>One thread. A page ends with a row, at the byte or row limit, whichever comes first.</remarks>
internal abstract unsafe class LeafWriter : IDisposable
{
    /// <summary>Bytes kept free ahead of plain values, for the page's levels.</summary>
    protected const int Headroom = 4096;

    /// <summary>Bytes beyond the last that wide stores may touch.</summary>
    protected const int Slack = 64;

    /// <summary>What the format could hold, less what a codec may add.</summary>
    private const long MaxPageBytes = int.MaxValue / 8L * 7;

    private readonly GrowBuffer definitions, repetitions;
    private readonly BlockChain pages, dictionaryPage;
    private readonly ChunkStatistics statistics;
    private SearchChoice search;
    private bool levelsUniform = true;
    private int pageEntries, pageRows;
    private long chunkRows;

    protected LeafWriter(SchemaNode node, EncodeContext context)
    {
        Node = node;
        Context = context;
        Type = (PrimitiveType)node.Field.Type;
        Physical = PhysicalTypes.Of(Type);
        definitions = new(context.Arena);
        repetitions = new(context.Arena);
        pages = new(context.Arena);
        dictionaryPage = new(context.Arena);
        statistics = new(this, context.Options);
        Encoding = context.Options.Encodings.GetValueOrDefault(node.Path);
        if (context.Options.BloomFilters.Contains(node.Path)) Hashes = new(context.Arena, context.Options);
    }

    internal SchemaNode Node { get; }

    internal PrimitiveType Type { get; }

    internal PhysicalType Physical { get; }

    /// <summary>Bytes this column's part of the row group takes so far, the unfinished page as it is.</summary>
    internal long PendingBytes => pages.Length + PageBytes + DictionaryBytes;

    internal ChunkStatistics Statistics => statistics;

    /// <summary>Of whoever works on the column now.</summary>
    internal EncodeContext Context { get; set; }

    protected ColumnEncoding Encoding { get; }

    /// <summary>Collects the values' hashes where the column gets a Bloom filter: of values that did not go into a dictionary, and of the whole dictionary in the end.</summary>
    protected BloomHashes? Hashes { get; }

    /// <summary>What the dictionary may grow to; 0 where the column is to be encoded in another way.</summary>
    protected static int DictionaryLimit(SchemaNode node, EncodeContext context) =>
        context.Options.Encodings.GetValueOrDefault(node.Path) == ColumnEncoding.Dictionary ? context.Options.DictionaryBytes : 0;

    /// <summary>Values of the page that are there.</summary>
    protected int PageValues { get; set; }

    /// <summary>Takes whole rows.</summary>
    internal void Append(in LeafSlice slice)
    {
        int entry = 0, value = 0, rowsLeft = slice.Rows;
        while (entry < slice.Entries)
        {
            var rowRoom = Context.Options.PageRows - pageRows;
            var byteRoom = Context.Options.PageBytes - PageBytes;
            int entries = slice.Entries - entry, values = slice.Values - value, rows = rowsLeft;
            if (rows > rowRoom || Cost(slice, value, values) > byteRoom)
            {
                if (slice.Definition == null && slice.Repetition == null)
                    entries = values = rows = CountToReach(slice, value, Math.Min(rows, rowRoom), byteRoom);
                else
                    Split(slice, entry, value, rowRoom, byteRoom, out entries, out values, out rows);
            }
            AppendLevels(slice, entry, entries);
            AppendValues(slice, value, values);
            pageEntries += entries;
            PageValues += values;
            pageRows += rows;
            entry += entries;
            value += values;
            rowsLeft -= rows;
            if (pageRows >= Context.Options.PageRows || PageBytes >= Context.Options.PageBytes || WantsPageEnd) EndPage();
        }
    }

    /// <summary>Encodes what is left of the row group's part of this column, so that only writing remains.</summary>
    internal void EndChunk()
    {
        EndPage();
        if (statistics.Chunk.DictionaryPages == 0) return;
        EncodeDictionary(statistics.Chunk);
        if (Hashes is not null) HashDictionary(Hashes);
    }

    /// <summary>Writes the row group's part of this column, which has ended. Returns what the footer tells of it.</summary>
    internal ColumnChunk WriteChunk(CountingSink sink, BlockChain columnIndexes, BlockChain offsetIndexes)
    {
        var chunk = statistics.Chunk;
        if (dictionaryPage.Length > 0)
        {
            chunk.DictionaryOffset = sink.Position;
            dictionaryPage.WriteTo(sink);
            dictionaryPage.Clear();
        }
        chunk.DataOffset = sink.Position;
        pages.WriteTo(sink);
        if (!chunk.HasOtherValues) chunk.Distinct = DictionaryCount;
        statistics.EndChunk(chunk, Context.Header, columnIndexes, offsetIndexes);
        pages.Clear();
        chunkRows = 0;
        ResetChunk();
        return chunk;
    }

    /// <summary>Writes the Bloom filter of the chunk just written, if the column has one: filters stand behind the row group.</summary>
    internal void WriteBloomFilter(CountingSink sink, ColumnChunk chunk)
    {
        if (Hashes is null) return;
        chunk.BloomOffset = sink.Position;
        chunk.BloomBytes = Hashes.WriteTo(sink, Context.Header);
    }

    public void Dispose()
    {
        definitions.Dispose();
        repetitions.Dispose();
        pages.Dispose();
        dictionaryPage.Dispose();
        Hashes?.Dispose();
        DisposeValues();
        GC.SuppressFinalize(this);
    }

    /// <summary>Bytes the page's values take before compression.</summary>
    protected abstract long PageBytes { get; }

    protected abstract long DictionaryBytes { get; }

    protected abstract int DictionaryCount { get; }

    /// <summary>The page must end for the encoding to change.</summary>
    protected virtual bool WantsPageEnd => false;

    /// <summary>Bytes that values will add to <see cref="PageBytes"/>.</summary>
    protected abstract long Cost(in LeafSlice slice, int from, int count);

    /// <summary>How many of the next values it takes to add <paramref name="bytes"/>; at least 1, at most <paramref name="count"/>.</summary>
    protected abstract int CountToReach(in LeafSlice slice, int from, int count, long bytes);

    /// <summary>Takes values; <see cref="PageValues"/> still counts those before.</summary>
    protected abstract void AppendValues(in LeafSlice slice, int from, int count);

    /// <summary>Puts the page's levels and values together, without moving the values where it can be avoided. Returns the values' encoding.</summary>
    protected abstract PageEncoding EncodePage(byte* levels, int levelBytes, out byte* body, out long bytes);

    /// <summary>Least and greatest value of the page in plain encoding, valid until the page is reset; false when there is none.</summary>
    protected abstract bool PageBounds(out ReadOnlySpan<byte> min, out ReadOnlySpan<byte> max);

    /// <summary>Order of two values in plain encoding.</summary>
    internal abstract int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b);

    /// <summary>NaN values of the page.</summary>
    protected virtual long PageNans => 0;

    /// <summary>Bytes of the page's strings or binary values; 0 for other types.</summary>
    protected virtual long PageUnencodedBytes => 0;

    protected abstract byte* DictionaryPage { get; }

    protected virtual void HashDictionary(BloomHashes hashes)
    {
    }

    protected abstract void ResetPage();

    protected abstract void ResetChunk();

    protected abstract void DisposeValues();

    /// <summary>Room for a page of levels, which are put there, and so many bytes of encoded values. Returns where the values go.</summary>
    protected byte* BodyFor(byte* levels, int levelBytes, long valueBytes)
    {
        var body = Context.Body.Ensure(levelBytes + valueBytes, 0);
        Buffer.MemoryCopy(levels, body, levelBytes, levelBytes);
        return body + levelBytes;
    }

    /// <summary>Plain page: levels moved into the headroom in front of the values, or both copied where they do not fit.</summary>
    protected void JoinPlain(byte* levels, int levelBytes, byte* values, long valueBytes, out byte* body, out long bytes)
    {
        bytes = levelBytes + valueBytes;
        if (levelBytes <= Headroom)
        {
            body = values - levelBytes;
            Buffer.MemoryCopy(levels, body, levelBytes, levelBytes);
            return;
        }
        var target = BodyFor(levels, levelBytes, valueBytes);
        Buffer.MemoryCopy(values, target, valueBytes, valueBytes);
        body = target - levelBytes;
    }

    /// <summary>Page of a dictionary's indices: their bit width, then runs of them.</summary>
    protected void JoinIndices(byte* levels, int levelBytes, GrowBuffer indices, out byte* body, out long bytes)
    {
        var width = Math.Max(HybridEncoder.WidthOf((uint)DictionaryCount - 1), 1);
        var target = BodyFor(levels, levelBytes, 1 + HybridEncoder.Bound(PageValues, width));
        body = target - levelBytes;
        *target++ = (byte)width;
        bytes = HybridEncoder.EncodeIndices((uint*)indices.Pointer, PageValues, width, target) - body;
    }

    private void Split(in LeafSlice slice, int entry, int value, int rowRoom, long byteRoom, out int entries, out int values, out int rows)
    {
        int e = entry, v = value, r = 0;
        long cost = 0;
        while (e < slice.Entries && r < rowRoom && cost < byteRoom)
        {
            do
            {
                if (slice.Definition == null || slice.Definition[e] == Node.MaxDefinition) cost += Cost(slice, v++, 1);
                e++;
            }
            while (e < slice.Entries && slice.Repetition != null && slice.Repetition[e] != 0);
            r++;
        }
        (entries, values, rows) = (e - entry, v - value, r);
    }

    private void AppendLevels(in LeafSlice slice, int from, int count)
    {
        var needed = (long)pageEntries + count + Slack;
        if (Node.MaxRepetition > 0)
            Unsafe.CopyBlockUnaligned(repetitions.Ensure(needed, pageEntries) + pageEntries, slice.Repetition + from, (uint)count);
        if (slice.Definition == null)
        {
            if (!levelsUniform) new Span<byte>(definitions.Ensure(needed, pageEntries) + pageEntries, count).Fill(Node.MaxDefinition);
            return;
        }
        var target = definitions.Ensure(needed, levelsUniform ? 0 : pageEntries);
        if (levelsUniform) new Span<byte>(target, pageEntries).Fill(Node.MaxDefinition);
        levelsUniform = false;
        Unsafe.CopyBlockUnaligned(target + pageEntries, slice.Definition + from, (uint)count);
    }

    private void EndPage()
    {
        if (pageEntries == 0) return;
        var levelBytes = EncodeLevels(out var levels, out var repetitionBytes);
        // Levels of version 2 stay out of the compression.
        var apart = Context.Options.DataPageV2 && Context.Compressor is not null ? levelBytes : 0;
        var encoding = EncodePage(levels, levelBytes - apart, out var body, out var bytes);
        if (bytes + apart > MaxPageBytes) throw TooLarge("a row", bytes);
        var stored = CompressPage(body, (int)bytes, apart, out var storedBytes);
        Buffer.MemoryCopy(levels, stored, apart, apart);
        bytes += apart;
        WriteHeader(PageType.Data, encoding, pageEntries, (int)bytes, stored, storedBytes, levelBytes - repetitionBytes, repetitionBytes);
        var header = Context.Header.Written;
        var hasBounds = PageBounds(out var min, out var max);
        statistics.AddPage(
            new()
            {
                Offset = pages.Length,
                FirstRow = chunkRows,
                Bytes = header.Length + storedBytes,
                Nulls = pageEntries - PageValues,
                UnencodedBytes = PageUnencodedBytes,
            },
            encoding, pageEntries, header.Length + (int)bytes, PageNans, hasBounds, min, max);
        pages.Append(header);
        pages.Append(stored, storedBytes);
        chunkRows += pageRows;
        pageEntries = pageRows = PageValues = 0;
        levelsUniform = true;
        ResetPage();
    }

    /// <summary>Version 1 says ahead of each kind of level how long it is; version 2 in the page header.</summary>
    private int EncodeLevels(out byte* levels, out int repetitionBytes)
    {
        var repetitionWidth = HybridEncoder.WidthOf(Node.MaxRepetition);
        var definitionWidth = HybridEncoder.WidthOf(Node.MaxDefinition);
        var prefix = Context.Options.DataPageV2 ? 0 : sizeof(int);
        levels = Context.Levels.Ensure(HybridEncoder.Bound(pageEntries, repetitionWidth) + HybridEncoder.Bound(pageEntries, definitionWidth), 0);
        var at = levels;
        if (repetitionWidth > 0)
        {
            var end = HybridEncoder.EncodeLevels(repetitions.Pointer, pageEntries, repetitionWidth, at + prefix);
            if (prefix > 0) Unsafe.WriteUnaligned(at, (int)(end - at) - prefix);
            at = end;
        }
        repetitionBytes = (int)(at - levels);
        if (definitionWidth > 0)
        {
            var end = levelsUniform
                ? HybridEncoder.EncodeRun(Node.MaxDefinition, pageEntries, definitionWidth, at + prefix)
                : HybridEncoder.EncodeLevels(definitions.Pointer, pageEntries, definitionWidth, at + prefix);
            if (prefix > 0) Unsafe.WriteUnaligned(at, (int)(end - at) - prefix);
            at = end;
        }
        return (int)(at - levels);
    }

    private byte* CompressPage(byte* body, int bytes, int ahead, out int storedBytes)
    {
        if (Context.Compressor is { } compressor)
        {
            var capacity = compressor.Bound(bytes);
            compressor.Search = search.Next(compressor, body, bytes, Context.Compressed.Ensure(capacity, 0), capacity);
        }
        return Compress(body, bytes, ahead, out storedBytes);
    }

    /// <summary>Compresses behind <paramref name="ahead"/> bytes of room, which count. Without a codec the bytes stay where they are, and there is no room.</summary>
    private byte* Compress(byte* body, int bytes, int ahead, out int storedBytes)
    {
        storedBytes = bytes;
        if (Context.Compressor is not { } compressor) return body;
        var capacity = compressor.Bound(bytes);
        var target = Context.Compressed.Ensure(ahead + capacity, 0);
        // Some readers fail at an empty section of version 2 that is compressed.
        storedBytes = ahead + (bytes == 0 && Context.Options.DataPageV2 ? 0 : compressor.Compress(body, bytes, target + ahead, capacity));
        return target;
    }

    private void EncodeDictionary(ColumnChunk chunk)
    {
        if (DictionaryBytes > MaxPageBytes) throw TooLarge("a dictionary", DictionaryBytes);
        if (Context.Compressor is { } compressor) compressor.Search = MatchSearch.Level;
        var stored = Compress(DictionaryPage, (int)DictionaryBytes, 0, out var storedBytes);
        WriteHeader(PageType.Dictionary, PageEncoding.Plain, DictionaryCount, (int)DictionaryBytes, stored, storedBytes);
        dictionaryPage.Append(Context.Header.Written);
        dictionaryPage.Append(stored, storedBytes);
        chunk.UncompressedBytes += Context.Header.Length + DictionaryBytes;
        chunk.CompressedBytes += Context.Header.Length + storedBytes;
    }

    private EngineException TooLarge(string what, long bytes) =>
        new(ErrorKind.Unsupported, $"column {Node.Path}: {what} of {Units.FormatBytes(bytes)} does not fit a Parquet page");

    private void WriteHeader(PageType type, PageEncoding encoding, int entries, int bytes, byte* stored, int storedBytes, int definitionBytes = 0, int repetitionBytes = 0)
    {
        var header = Context.Header;
        var isV2 = type == PageType.Data && Context.Options.DataPageV2;
        header.Reset();
        header.WriteI32(1, (int)(isV2 ? PageType.DataV2 : type));
        header.WriteI32(2, bytes);
        header.WriteI32(3, storedBytes);
        if (Context.Options.PageChecksums) header.WriteI32(4, (int)Crc32.HashToUInt32(new(stored, storedBytes)));
        header.BeginStruct((short)(isV2 ? 8 : type == PageType.Data ? 5 : 7));
        header.WriteI32(1, entries);
        if (isV2)
        {
            header.WriteI32(2, pageEntries - PageValues);
            header.WriteI32(3, pageRows);
            header.WriteI32(4, (int)encoding);
            header.WriteI32(5, definitionBytes);
            header.WriteI32(6, repetitionBytes);
            header.WriteBool(7, Context.Compressor is not null && bytes > definitionBytes + repetitionBytes);
        }
        else
        {
            header.WriteI32(2, (int)encoding);
            if (type == PageType.Data)
            {
                header.WriteI32(3, (int)PageEncoding.Rle);
                header.WriteI32(4, (int)PageEncoding.Rle);
            }
        }
        header.EndStruct();
        header.End();
    }
}
