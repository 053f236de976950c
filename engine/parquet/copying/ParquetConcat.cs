using System.Buffers.Binary;
using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Parquet;

/// <summary>
/// Makes one Parquet file of row groups of others, whose pages are copied byte for byte: <see cref="Append"/> any number of times, then
/// <see cref="Finish"/>. One thread.
/// </summary>
/// <remarks>
/// Shape: as <see cref="ParquetWriter"/>'s. Page indexes and Bloom filters come along; footers are put together field by field, what is
/// not known is kept. Columns of a second file with the same rows can be put beside those of the first. Nothing is decoded: what is
/// damaged stays so. Memory: a window, and of the sources the footers and page indexes.
/// </remarks>
public sealed class ParquetConcat : IDisposable
{
    private const int WindowBytes = 4 << 20;

    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    private readonly CountingSink sink;
    private readonly BufferArena arena;
    private readonly NativeBlock window;
    private readonly ThriftWriter thrift = new();
    private readonly List<(long Start, CopiedRows[] Parts)> groups = [];
    private readonly List<KeyValuePair<string, string>> metadata = [];

    /// <param name="sink">Takes the file; it is not closed.</param>
    /// <param name="buffers">Memory shared with others.</param>
    public ParquetConcat(IByteSink sink, ParquetBuffers buffers)
    {
        this.sink = new(sink);
        arena = new(buffers);
        window = arena.Rent(WindowBytes);
        this.sink.Write(Magic);
    }

    /// <summary>Bytes written.</summary>
    public long Bytes => sink.Position;

    public long Rows { get; private set; }

    /// <summary>Sets an entry of the footer's key-value metadata; the last value of a key counts.</summary>
    public void SetMetadata(string key, string value)
    {
        metadata.RemoveAll(e => e.Key == key);
        metadata.Add(new(key, value));
    }

    /// <summary>Copies a row group.</summary>
    /// <param name="source">Complete, and it goes with all the others.</param>
    /// <param name="rowGroup">Which one.</param>
    /// <param name="beside">
    /// Has the same rows in one row group, in columns that are put after the source's; of all row groups or of none.
    /// </param>
    public void Append(RowGroupSource source, int rowGroup, RowGroupSource? beside = null)
    {
        Check.That(source.IsComplete && beside?.IsComplete != false);
        Check.That(beside is null || beside.RowGroups == 1 && beside.RowsOf(0) == source.RowsOf(rowGroup));
        Check.That(groups is not [var first, ..] || first.Parts[0].Source.GoesWith(source)
            && first.Parts.Length == (beside is null ? 1 : 2));
        var start = sink.Position;
        CopiedRows[] parts = beside is null ? [Copy(source, rowGroup)] : [Copy(source, rowGroup), Copy(beside, 0)];
        groups.Add((start, parts));
        Rows += source.RowsOf(rowGroup);
    }

    /// <summary>Ends the file: indexes, footer. Returns where its row groups start.</summary>
    public ImmutableArray<long> Finish()
    {
        Check.That(groups.Count > 0);
        var chunks = groups.SelectMany(g => g.Parts).SelectMany(p => p.Chunks).ToList();
        var columnIndexesAt = sink.Position;
        foreach (var chunk in chunks) sink.Write(chunk.ColumnIndex);
        var offsetIndexesAt = sink.Position;
        foreach (var chunk in chunks) sink.Write(chunk.OffsetIndex);
        new ConcatFooter(thrift).Write(groups, metadata, Rows, columnIndexesAt, offsetIndexesAt);
        sink.Write(thrift.Written);
        Span<byte> tail = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(tail, thrift.Length);
        Magic.CopyTo(tail[4..]);
        sink.Write(tail);
        return [.. groups.Select(g => g.Start)];
    }

    public void Dispose()
    {
        if (arena.Bytes > 0) arena.Return(window);
        thrift.Dispose();
    }

    private CopiedRows Copy(RowGroupSource source, int rowGroup)
    {
        var infos = source.Footer.Chunks(rowGroup);
        var chunks = new CopiedChunk[infos.Length];
        source.File.Expect([.. infos.Select(i => new ByteRange(i.Start, i.Bytes)),
            .. infos.Where(i => i.BloomFilterAt > 0).Select(i => new ByteRange(i.BloomFilterAt, i.BloomFilterBytes))]);
        for (var at = 0; at < infos.Length; at++)
        {
            var moved = sink.Position - infos[at].Start;
            Copy(source.File, infos[at].Start, infos[at].Bytes);
            chunks[at] = new(moved, 0, MovedIndex(Read(source.Indexes, infos[at].OffsetIndex), moved),
                Read(source.Indexes, infos[at].ColumnIndex));
        }
        for (var at = 0; at < infos.Length; at++)
        {
            if (infos[at].BloomFilterAt == 0) continue;
            chunks[at] = chunks[at] with { BloomFilterAt = sink.Position };
            Copy(source.File, infos[at].BloomFilterAt, infos[at].BloomFilterBytes);
        }
        return new(source, rowGroup, chunks);
    }

    private unsafe void Copy(IByteSource from, long at, long bytes)
    {
        while (bytes > 0)
        {
            var part = new Span<byte>(window.Pointer, (int)Math.Min(bytes, WindowBytes));
            from.Read(at, part);
            sink.Write(part);
            (at, bytes) = (at + part.Length, bytes - part.Length);
        }
    }

    private static byte[] Read(IByteSource from, (long At, int Length) place)
    {
        if (place.Length <= 0) return [];
        var bytes = new byte[place.Length];
        from.Read(place.At, bytes);
        return bytes;
    }

    /// <summary>An OffsetIndex whose pages are where they are now.</summary>
    private byte[] MovedIndex(byte[] index, long moved)
    {
        thrift.Reset();
        var reader = new ThriftReader(index);
        var id = 0;
        while (reader.Field(ref id, out var type))
        {
            var from = reader.Position;
            if (id != 1)
            {
                reader.Skip(type);
                thrift.WriteCopy((short)id, type, index.AsSpan(from..reader.Position));
                continue;
            }
            var count = reader.BeginList(type, out _);
            thrift.BeginList(1, ThriftWriter.Struct, count);
            for (; count > 0; count--) MovePage(ref reader, index, moved);
        }
        thrift.End();
        return thrift.Written.ToArray();
    }

    private void MovePage(ref ThriftReader reader, byte[] index, long moved)
    {
        thrift.BeginElement();
        var id = 0;
        while (reader.Field(ref id, out var type))
        {
            var from = reader.Position;
            if (id == 1)
            {
                thrift.WriteI64(1, reader.Int(type) + moved);
                continue;
            }
            reader.Skip(type);
            thrift.WriteCopy((short)id, type, index.AsSpan(from..reader.Position));
        }
        thrift.EndStruct();
    }
}
