using K2I.Base;

namespace K2I.Parquet;

/// <summary>Where a column's pages of one row group lie (parquet.thrift, ColumnChunk and ColumnMetaData).</summary>
internal sealed class ChunkInfo
{
    internal StoredType Type { get; private set; }

    internal StoredCodec Codec { get; private set; }

    /// <summary>Entries: nulls and empty lists included.</summary>
    internal long Values { get; private set; }

    /// <summary>Of the first page, the dictionary where there is one.</summary>
    internal long Start { get; private set; }

    internal long Bytes { get; private set; }

    /// <summary>Where the statistics lie in the footer; length 0 without any.</summary>
    internal (int At, int Length) Statistics { get; private set; }

    /// <summary>Where the chunk's indexes lie; length 0 without any.</summary>
    internal (long At, int Length) OffsetIndex { get; private set; }

    internal (long At, int Length) ColumnIndex { get; private set; }

    /// <summary>0 without a Bloom filter.</summary>
    internal long BloomFilterAt { get; private set; }

    /// <summary>Of the Bloom filter, its header included; 0 where the file does not say.</summary>
    internal int BloomFilterBytes { get; private set; }

    /// <param name="thrift">Positioned at the chunk.</param>
    /// <param name="base">Where in the footer the reader's bytes begin.</param>
    internal static ChunkInfo Read(ref ThriftReader thrift, int @base)
    {
        var chunk = new ChunkInfo();
        var found = false;
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            switch (id)
            {
                case 1:
                    if (!thrift.Bytes(type).IsEmpty) throw new EngineException(ErrorKind.Unsupported, "a column lies in another file");
                    break;
                case 3 when type == ThriftReader.Struct:
                    chunk.ReadMetadata(ref thrift, @base);
                    found = true;
                    break;
                case 4:
                    chunk.OffsetIndex = (thrift.Int(type), chunk.OffsetIndex.Length);
                    break;
                case 5:
                    chunk.OffsetIndex = (chunk.OffsetIndex.At, thrift.Int32(type));
                    break;
                case 6:
                    chunk.ColumnIndex = (thrift.Int(type), chunk.ColumnIndex.Length);
                    break;
                case 7:
                    chunk.ColumnIndex = (chunk.ColumnIndex.At, thrift.Int32(type));
                    break;
                case 8:
                    throw new EngineException(ErrorKind.Unsupported, "a column is encrypted");
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        Damage.Unless(found || thrift.Failed, "a column chunk without metadata");
        return chunk;
    }

    private void ReadMetadata(ref ThriftReader thrift, int @base)
    {
        long dataAt = -1, dictionaryAt = 0;
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            switch (id)
            {
                case 1:
                    Type = (StoredType)thrift.Int32(type);
                    break;
                case 4:
                    Codec = (StoredCodec)thrift.Int32(type);
                    break;
                case 5:
                    Values = thrift.Int(type);
                    break;
                case 7:
                    Bytes = thrift.Int(type);
                    break;
                case 9:
                    dataAt = thrift.Int(type);
                    break;
                case 11:
                    dictionaryAt = thrift.Int(type);
                    break;
                case 12:
                    var from = thrift.Position;
                    thrift.Skip(type);
                    if (type == ThriftReader.Struct) Statistics = (@base + from, thrift.Position - from);
                    break;
                case 14:
                    BloomFilterAt = thrift.Int(type);
                    break;
                // Some writers had another field there before the format gave the number away.
                case 15 when type == ThriftReader.I32:
                    BloomFilterBytes = thrift.Int32(type);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        // Some writers put 0, or the place after the data pages, for a dictionary that is not there.
        Start = dictionaryAt > 0 && dictionaryAt < dataAt ? dictionaryAt : dataAt;
    }
}
