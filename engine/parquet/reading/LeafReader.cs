using System.IO.Hashing;
using K2I.Base;

namespace K2I.Parquet;

/// <summary>
/// Reads one column of the file: pages into a queue of entries (levels, and the values of those that are not null), from whose front batches are taken.
/// </summary>
/// <remarks>The queue holds what the batch needs and at most a step more: rows of a repeated column are known to be complete only where the next begins.</remarks>
internal sealed unsafe class LeafReader : IDisposable
{
    private const int FlatStep = 8192, NestedStep = 1024, HeaderBytes = 256, MaxEntries = int.MaxValue - 1024;

    private readonly ReadContext context;
    private readonly ChunkInput input;
    private readonly ReadBuffer page, definitions, repetitions;
    private readonly ValueReader? values;
    private ChunkInfo chunk = new();
    private HybridDecoder definitionLevels, repetitionLevels;
    private long chunkLeft;
    private int pageLeft;
    private long groupRows;
    private long rowsBegun;
    private PageIndex? index;
    private int pagesBegun;
    private bool rowMustBegin, rowBeginsNext;
    private bool dictionarySeen;
    private int rows;

    /// <param name="leaf">The column.</param>
    /// <param name="values">Decodes its values; null if only its levels are wanted.</param>
    /// <param name="context">What the file's columns share.</param>
    internal LeafReader(FileLeaf leaf, ValueReader? values, ReadContext context)
    {
        Leaf = leaf;
        this.values = values;
        this.context = context;
        input = new(context.Source, context.Arena, context.Options.ReadAheadBytes);
        page = new(context.Arena);
        definitions = new(context.Arena);
        repetitions = new(context.Arena);
    }

    internal FileLeaf Leaf { get; }

    /// <summary>Entries in the queue.</summary>
    internal int Entries { get; private set; }

    /// <summary>Of them, those of the batch being made.</summary>
    internal int BatchEntries { get; private set; }

    /// <summary>Of those, the ones that are not null.</summary>
    internal int BatchValues { get; private set; }

    /// <summary>One level an entry; only if the column has any.</summary>
    internal byte* Definitions => definitions.Pointer;

    /// <summary>One level an entry; only if the column is repeated.</summary>
    internal byte* Repetitions => repetitions.Pointer;

    /// <summary>True once all the row group's entries are in the queue or taken.</summary>
    private bool AtEnd => index is null ? chunkLeft == 0 : pageLeft == 0 && pagesBegun == index.Pages.Length;

    /// <summary>Rows that are complete in the queue: pages of an index begin with a row, so that the one before is complete.</summary>
    private int CompleteRows => Leaf.MaxRepetition == 0 || AtEnd || rowBeginsNext || (index is not null && pageLeft == 0) ? rows : Math.Max(0, rows - 1);

    /// <summary>What it reads of its chunk next.</summary>
    internal ByteRange Next => input.Next;

    /// <param name="info">The column's chunk.</param>
    /// <param name="rowsInGroup">Rows it must have.</param>
    /// <param name="pages">Where its pages lie: for going to some of its rows only.</param>
    internal void StartRowGroup(ChunkInfo info, long rowsInGroup, PageIndex? pages)
    {
        Decompressor.CheckKnown(info.Codec);
        chunk = info;
        groupRows = rowsInGroup;
        rowsBegun = 0;
        chunkLeft = info.Values;
        pageLeft = 0;
        index = pages;
        pagesBegun = 0;
        dictionarySeen = rowMustBegin = rowBeginsNext = false;
        values?.StartChunk();
        input.Start(info.Start, index is null ? info.Bytes : index.Pages[0].Offset - info.Start, context.PagesEnd);
    }

    /// <summary>What going to rows of the group reads first; only with an index.</summary>
    internal ByteRange FirstOf(long from, long to)
    {
        if (index is null) return default;
        var (first, last) = (index.Pages[index.PageOf(from)], index.Pages[index.PageOf(to - 1)]);
        var at = Math.Max(first.Offset, input.Next.Offset);
        return new(at, Math.Clamp(last.Offset + last.Bytes - at, 0, context.Options.ReadAheadBytes));
    }

    /// <summary>Goes forward to a row of the group, past pages without looking at them where there is an index; rows up to <paramref name="to"/> will be wanted.</summary>
    internal void GoTo(long from, long to)
    {
        if (index is not null)
        {
            var target = index.PageOf(from);
            var last = index.Pages[index.PageOf(to - 1)];
            if (target >= pagesBegun) Jump(target, last.Offset + last.Bytes);
            else input.Extend(last.Offset + last.Bytes);
        }
        for (var left = from - (rowsBegun - rows); left > 0;)
        {
            var passed = Fill((int)Math.Min(left, context.Options.BatchRows));
            Damage.Unless(passed > 0, "a column ends before its row group");
            Take(passed);
            Drop();
            left -= passed;
        }
    }

    /// <summary>Forgets the rest of the row group.</summary>
    internal void Abandon()
    {
        values?.Drop(values.Count);
        Entries = rows = pageLeft = 0;
    }

    private void Jump(int page, long end)
    {
        // What lies ahead of the first page is a dictionary.
        while (pagesBegun == 0 && input.Position < index!.Pages[0].Offset) NextPage();
        Damage.Unless(page >= pagesBegun, "its pages are not where its index says");
        Abandon();
        var place = index!.Pages[page];
        pagesBegun = page;
        rowsBegun = place.FirstRow;
        if (Leaf.MaxRepetition == 0) chunkLeft = groupRows - rowsBegun;
        if (input.Position == place.Offset) input.Extend(end);
        else input.Start(place.Offset, end - place.Offset, context.PagesEnd);
    }

    /// <summary>Reads until <paramref name="wanted"/> rows are complete, or fewer if they take much memory. Returns how many are.</summary>
    internal int Fill(int wanted)
    {
        while (CompleteRows < wanted && !AtEnd && !(CompleteRows > 0 && values is not null && values.Bytes >= context.Options.BatchBytes))
        {
            if (pageLeft == 0) NextPage();
            else Decode(wanted);
        }
        return Math.Min(wanted, CompleteRows);
    }

    /// <summary>Decides the batch: the first <paramref name="batchRows"/> rows, which are complete.</summary>
    internal void Take(int batchRows)
    {
        BatchEntries = Leaf.MaxRepetition == 0 ? batchRows : EntryOfRow(batchRows);
        if (values is not null)
            BatchValues = BatchEntries == Entries ? values.Count : Leaf.MaxDefinition == 0 ? BatchEntries : Levels.CountEqual(Definitions, BatchEntries, Leaf.MaxDefinition);
        rows -= batchRows;
    }

    /// <summary>Removes the batch from the queue.</summary>
    internal void Drop()
    {
        values?.Drop(BatchValues);
        Entries -= BatchEntries;
        if (Entries > 0 && BatchEntries > 0)
        {
            if (Leaf.MaxDefinition > 0) Buffer.MemoryCopy(Definitions + BatchEntries, Definitions, definitions.Capacity, Entries);
            if (Leaf.MaxRepetition > 0) Buffer.MemoryCopy(Repetitions + BatchEntries, Repetitions, repetitions.Capacity, Entries);
        }
        BatchEntries = BatchValues = 0;
    }

    /// <summary>The row group has been read: its rows must have been those it says.</summary>
    internal void EndRowGroup()
    {
        Damage.Unless(AtEnd && Entries == 0 && rows == 0, "a column has more rows than its row group");
    }

    public void Dispose()
    {
        input.Dispose();
        page.Dispose();
        definitions.Dispose();
        repetitions.Dispose();
        values?.Dispose();
    }

    private void Decode(int wanted)
    {
        var step = Leaf.MaxRepetition == 0 ? Math.Min(FlatStep, wanted - rows) : NestedStep;
        var count = Math.Min(Math.Min(pageLeft, step), values?.Step ?? step);
        if (count > MaxEntries - Entries) throw new EngineException(ErrorKind.Unsupported, "a row of more than 2 billion values");
        var present = count;
        var begun = count;
        if (Leaf.MaxRepetition > 0)
        {
            var levels = repetitions.Ensure((long)Entries + count, Entries) + Entries;
            repetitionLevels.Read(levels, count);
            Levels.Check(levels, count, Leaf.MaxRepetition);
            Damage.Unless((rowsBegun > 0 && !rowMustBegin) || levels[0] == 0, "the first row does not begin with its first value");
            rowMustBegin = false;
            begun = Levels.CountEqual(levels, count, 0);
        }
        if (Leaf.MaxDefinition > 0)
        {
            var levels = definitions.Ensure((long)Entries + count, Entries) + Entries;
            definitionLevels.Read(levels, count);
            Levels.Check(levels, count, Leaf.MaxDefinition);
            present = Levels.CountEqual(levels, count, Leaf.MaxDefinition);
        }
        values?.Read(present);
        Entries += count;
        rows += begun;
        rowsBegun += begun;
        pageLeft -= count;
        chunkLeft -= count;
        LookAhead();
        Damage.Unless(rowsBegun <= groupRows, "a column has more rows than its row group");
        if (AtEnd) Damage.Unless(rowsBegun == groupRows, "a column has fewer rows than its row group");
    }

    /// <summary>Whether the page goes on with a new row. Large values need not stay in the queue until those behind them are decoded.</summary>
    private void LookAhead()
    {
        if (Leaf.MaxRepetition == 0) return;
        byte next = 1;
        var ahead = repetitionLevels;
        if (pageLeft > 0) ahead.Read(&next, 1);
        rowBeginsNext = next == 0;
    }

    private void NextPage()
    {
        var header = ReadHeader();
        if (header.StoredBytes > context.Options.MaxPageBytes || header.Bytes > context.Options.MaxPageBytes)
            throw new EngineException(ErrorKind.Unsupported, $"a page of {Units.FormatBytes(Math.Max(header.StoredBytes, header.Bytes))} is larger than {Units.FormatBytes(context.Options.MaxPageBytes)}");
        input.Skip(header.HeaderBytes);
        var stored = input.Take(header.StoredBytes);
        if (context.Options.VerifyChecksums && header.Crc is { } crc) Damage.Unless(Crc32.HashToUInt32(new(stored, header.StoredBytes)) == crc, "a page does not have the checksum that its header says");
        switch (header.Type)
        {
            case PageType.Dictionary:
                Damage.Unless(!dictionarySeen, "a second dictionary");
                Damage.Unless(header.Encoding is StoredEncoding.Plain or StoredEncoding.PlainDictionary, "a dictionary that is not plain");
                dictionarySeen = true;
                var start = Plain(header, stored, out var end);
                values?.SetDictionary(start, end, header.Values);
                break;
            case PageType.Data:
                BeginEntries(header);
                StartV1(header, stored);
                LookAhead();
                break;
            case PageType.DataV2:
                BeginEntries(header);
                StartV2(header, stored);
                LookAhead();
                break;
            default:
                break;
        }
    }

    private PageHeader ReadHeader()
    {
        for (var wanted = HeaderBytes; ; wanted *= 4)
        {
            var bytes = input.Peek(wanted);
            if (PageHeader.TryRead(bytes, out var header)) return header;
            Damage.Unless(bytes.Length >= wanted && wanted < context.Options.MaxPageBytes / 4, "the pages end before the column's last value");
        }
    }

    private void BeginEntries(PageHeader header)
    {
        Damage.Unless(header.Values <= chunkLeft, "its pages have more values than the column");
        pageLeft = header.Values;
        if (index is null) return;
        var isNext = pagesBegun < index.Pages.Length && rowsBegun == index.Pages[pagesBegun].FirstRow;
        Damage.Unless(isNext && (Leaf.MaxRepetition > 0 || pageLeft == index.RowsOf(pagesBegun)), "its pages do not have the rows that its index says");
        pagesBegun++;
        rowMustBegin = true;
    }

    private byte* Plain(PageHeader header, byte* stored, out byte* end)
    {
        if (chunk.Codec == StoredCodec.Uncompressed)
        {
            Damage.Unless(header.Bytes == header.StoredBytes, "a page that is not compressed has two sizes");
            end = stored + header.Bytes;
            return stored;
        }
        var into = page.Ensure(header.Bytes);
        if (header.Bytes > 0) context.Decompressor.Decompress(chunk.Codec, stored, header.StoredBytes, into, header.Bytes);
        end = into + header.Bytes;
        return into;
    }

    private void StartV1(PageHeader header, byte* stored)
    {
        var at = Plain(header, stored, out var end);
        at = Levels.Start(ref repetitionLevels, header.RepetitionEncoding, Leaf.MaxRepetition, at, end, header.Values);
        at = Levels.Start(ref definitionLevels, header.DefinitionEncoding, Leaf.MaxDefinition, at, end, header.Values);
        values?.StartPage(header.Encoding, at, end);
    }

    private void StartV2(PageHeader header, byte* stored)
    {
        var levels = (long)header.DefinitionBytes + header.RepetitionBytes;
        Damage.Unless(header.DefinitionBytes >= 0 && header.RepetitionBytes >= 0 && levels <= header.StoredBytes && levels <= header.Bytes, "a page's levels are larger than the page");
        var valuesAt = stored + levels;
        var (storedBytes, bytes) = (header.StoredBytes - (int)levels, header.Bytes - (int)levels);
        byte* at;
        if (!header.Compressed || chunk.Codec == StoredCodec.Uncompressed || storedBytes == 0)
        {
            Damage.Unless(storedBytes == bytes || storedBytes == 0, "a page that is not compressed has two sizes");
            at = valuesAt;
            bytes = storedBytes;
        }
        else
        {
            at = page.Ensure(bytes);
            if (bytes > 0) context.Decompressor.Decompress(chunk.Codec, valuesAt, storedBytes, at, bytes);
        }
        repetitionLevels.Start(stored, stored + header.RepetitionBytes, Levels.Bits(Leaf.MaxRepetition));
        definitionLevels.Start(stored + header.RepetitionBytes, valuesAt, Levels.Bits(Leaf.MaxDefinition));
        values?.StartPage(header.Encoding, at, at + bytes);
    }

    /// <summary>The entry that the row with this ordinal in the queue begins with, or the end.</summary>
    private int EntryOfRow(int row)
    {
        var levels = Repetitions;
        var i = 0;
        while (i + NestedStep <= Entries)
        {
            var begun = Levels.CountEqual(levels + i, NestedStep, 0);
            if (begun > row) break;
            row -= begun;
            i += NestedStep;
        }
        for (; i < Entries; i++)
            if (levels[i] == 0 && row-- == 0) return i;
        return Entries;
    }
}
