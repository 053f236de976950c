using K2I.Base;

namespace K2I.Parquet;

/// <summary>
/// A finished file whose row groups are to be copied as they are (<see cref="ParquetConcat"/>). One thread; the file stays its owner's.
/// </summary>
/// <remarks>
/// Errors: Corrupt and Unsupported, naming the file, where its footer cannot be read. Memory: the footer and the page indexes. Source:
/// parquet.thrift, FileMetaData, RowGroup.
/// </remarks>
public sealed class RowGroupSource
{
    private const int MostFooterBytes = 128 << 20, MostIndexBytes = 32 << 20;

    private readonly byte[] schema, orders;
    private readonly int version;

    /// <summary>Opens a file: reads and checks its footer.</summary>
    public RowGroupSource(IByteSource file)
    {
        File = file;
        try
        {
            Footer = Footer.Read(file, MostFooterBytes);
            (version, schema, orders) = Parts();
            Indexes = IndexesOf(file);
            IsComplete = Footer.HasFieldIds && Enumerable.Range(0, RowGroups).All(IsWhole);
            var codecs = Enumerable.Range(0, RowGroups).SelectMany(Footer.Chunks).Select(c => c.Codec).Distinct().ToList();
            Codec = codecs is [var one] && Enum.IsDefined((ParquetCodec)one) ? (ParquetCodec)one : null;
        }
        catch (Damage damage)
        {
            throw new EngineException(ErrorKind.Corrupt, $"{file.Name}: {damage.Message}", damage);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unsupported)
        {
            throw new EngineException(error.Kind, $"{file.Name}: {error.Message}", error);
        }
    }

    public int RowGroups => Footer.RowGroups.Length;

    public long Rows => Footer.Rows;

    /// <summary>The footer's key-value metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata => Footer.Metadata;

    /// <summary>What all its pages are compressed with; null where that differs, or is nothing that is written now.</summary>
    public ParquetCodec? Codec { get; }

    /// <summary>
    /// It has field ids, and says of every page and Bloom filter where it is: only then is it sure which bytes belong to a row group.
    /// </summary>
    public bool IsComplete { get; }

    internal IByteSource File { get; }

    internal Footer Footer { get; }

    /// <summary>The file, whose page indexes have been read: they lie side by side, and there are many.</summary>
    internal IByteSource Indexes { get; }

    /// <summary>The elements of the schema, the root first, as they are stored.</summary>
    internal ReadOnlySpan<byte> Schema => schema;

    /// <summary>How the columns' values are ordered in statistics, as it is stored; empty where the file does not say.</summary>
    internal ReadOnlySpan<byte> Orders => orders;

    internal int Version => version;

    public long RowsOf(int rowGroup) => Footer.RowGroups[rowGroup].Rows;

    /// <summary>Bytes of a row group's pages.</summary>
    public long BytesOf(int rowGroup) => Footer.Chunks(rowGroup).Sum(c => c.Bytes);

    /// <summary>Values of a column, which is not inside another, that are null; null where the file does not say.</summary>
    public long? NullsOf(int rowGroup, int fieldId)
    {
        var leaf = Array.Find(Footer.Fields, f => f.Id == fieldId)?.Leaf;
        if (leaf is null) return null;
        var place = Footer.Chunks(rowGroup)[leaf.Index].Statistics;
        var thrift = new ThriftReader(Footer.Part(place.At, place.Length));
        var id = 0;
        while (place.Length > 0 && thrift.Field(ref id, out var type))
        {
            if (id == 3) return thrift.Int(type);
            thrift.Skip(type);
        }
        return null;
    }

    /// <summary>Field ids of columns that are not inside others.</summary>
    public IEnumerable<int> ColumnIds => Footer.Fields.Select(f => f.Id);

    /// <summary>The same columns, stored alike by the same writer: row groups of both can be in one file.</summary>
    public bool GoesWith(RowGroupSource other) =>
        version == other.version && Footer.CreatedBy == other.Footer.CreatedBy && Schema.SequenceEqual(other.Schema)
            && Orders.SequenceEqual(other.Orders);

    private (int Version, byte[] Schema, byte[] Orders) Parts()
    {
        var bytes = Footer.Bytes;
        var thrift = new ThriftReader(bytes);
        var (version, schema, orders) = (0, Array.Empty<byte>(), Array.Empty<byte>());
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            var from = thrift.Position;
            if (id == 1)
            {
                version = thrift.Int32(type);
                continue;
            }
            if (id is 2 or 7)
            {
                var count = thrift.BeginList(type, out var element);
                from = thrift.Position;
                for (; count > 0; count--) thrift.Skip(element);
                if (id == 2) schema = bytes[from..thrift.Position].ToArray();
                else orders = bytes[from..thrift.Position].ToArray();
                continue;
            }
            thrift.Skip(type);
        }
        return (version, schema, orders);
    }

    private IByteSource IndexesOf(IByteSource file)
    {
        var (from, to) = (long.MaxValue, 0L);
        foreach (var chunk in Enumerable.Range(0, RowGroups).SelectMany(Footer.Chunks))
            foreach (var (at, length) in ((long At, int Length)[])[chunk.OffsetIndex, chunk.ColumnIndex])
            {
                if (length <= 0 || at < 4 || at > Footer.At - length) continue;
                (from, to) = (Math.Min(from, at), Math.Max(to, at + length));
            }
        if (to <= from || to - from > MostIndexBytes) return file;
        var bytes = new byte[to - from];
        file.Read(from, bytes);
        return new CachedRange(file, from, bytes);
    }

    private bool IsWhole(int rowGroup)
    {
        var rows = RowsOf(rowGroup);
        foreach (var chunk in Footer.Chunks(rowGroup))
        {
            if (PageIndex.Read(Indexes, chunk, rows, Footer.At) is not { } index) return false;
            var last = index.Pages[^1];
            if (last.Offset + last.Bytes != chunk.Start + chunk.Bytes) return false;
            if (chunk.ColumnIndex is var bounds && bounds.Length > 0
                && (bounds.At < 4 || bounds.At > Footer.At - bounds.Length)) return false;
            if (chunk.BloomFilterAt == 0) continue;
            if (chunk.BloomFilterBytes <= 0 || chunk.BloomFilterAt < 4
                || chunk.BloomFilterAt > Footer.At - chunk.BloomFilterBytes) return false;
        }
        return true;
    }
}
