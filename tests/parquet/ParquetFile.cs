using System.Buffers.Binary;

namespace K2I.Parquet.Tests;

/// <summary>A written file's footer, indexes and page headers.</summary>
internal sealed class ParquetFile
{
    internal ParquetFile(byte[] bytes)
    {
        Bytes = bytes;
        Assert.Equal("PAR1"u8.ToArray(), bytes[..4]);
        Assert.Equal("PAR1"u8.ToArray(), bytes[^4..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 8));
        Footer = ThriftStruct.Read(bytes.AsSpan(bytes.Length - 8 - length, length), out var read);
        Assert.Equal(length, read);
    }

    internal byte[] Bytes { get; }

    internal ThriftStruct Footer { get; }

    internal List<ThriftStruct> RowGroups => [.. Footer.Structs(4)];

    internal List<ThriftStruct> Elements => [.. Footer.Structs(2)];

    internal ThriftStruct Element(string name) => Elements.Single(e => e.Text(4) == name);

    internal List<ThriftStruct> Chunks(int group) => [.. RowGroups[group].Structs(1)];

    internal ThriftStruct Column(int group, int column) => Chunks(group)[column].Struct(3);

    internal ThriftStruct At(long offset) => ThriftStruct.Read(Bytes.AsSpan((int)offset), out _);

    /// <summary>Page headers of a chunk with the stored bytes behind each.</summary>
    internal List<(ThriftStruct Header, byte[] Stored, long Offset)> Pages(int group, int column)
    {
        var meta = Column(group, column);
        var at = meta.Has(11) ? meta.Int(11) : meta.Int(9);
        var end = at + meta.Int(7);
        var pages = new List<(ThriftStruct, byte[], long)>();
        while (at < end)
        {
            var header = ThriftStruct.Read(Bytes.AsSpan((int)at), out var length);
            var stored = (int)header.Int(3);
            pages.Add((header, Bytes.AsSpan((int)at + length, stored).ToArray(), at));
            at += length + stored;
        }
        Assert.Equal(end, at);
        return pages;
    }
}
