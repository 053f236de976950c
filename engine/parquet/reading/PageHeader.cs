namespace K2I.Parquet;

/// <summary>What stands before each page (parquet.thrift, PageHeader), of all kinds in one.</summary>
internal struct PageHeader
{
    internal PageType Type;

    /// <summary>After decompression, levels included.</summary>
    internal int Bytes;

    /// <summary>As stored, after the header.</summary>
    internal int StoredBytes;

    internal uint? Crc;

    /// <summary>Entries of a data page; values of a dictionary.</summary>
    internal int Values;

    internal StoredEncoding Encoding;
    internal StoredEncoding DefinitionEncoding;
    internal StoredEncoding RepetitionEncoding;

    /// <summary>Version 2: bytes of the levels, which are not compressed.</summary>
    internal int DefinitionBytes;

    internal int RepetitionBytes;
    internal bool Compressed;

    /// <summary>The header's own bytes.</summary>
    internal int HeaderBytes;

    /// <summary>False when more bytes are needed.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out PageHeader header)
    {
        header = new PageHeader { Values = -1, Bytes = -1, StoredBytes = -1, Compressed = true, DefinitionEncoding = StoredEncoding.Rle, RepetitionEncoding = StoredEncoding.Rle };
        var thrift = new ThriftReader(bytes);
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            switch (id)
            {
                case 1:
                    header.Type = (PageType)thrift.Int32(type);
                    break;
                case 2:
                    header.Bytes = thrift.Int32(type);
                    break;
                case 3:
                    header.StoredBytes = thrift.Int32(type);
                    break;
                case 4:
                    header.Crc = (uint)thrift.Int32(type);
                    break;
                case 5 or 7 or 8 when type == ThriftReader.Struct:
                    header.ReadKind(ref thrift, id);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        header.HeaderBytes = thrift.Position;
        if (thrift.Truncated) return false;
        Damage.Unless(!thrift.Malformed, "a page header is malformed");
        Damage.Unless(header.Bytes >= 0 && header.StoredBytes >= 0, "a page of negative size");
        if (header.Type is PageType.Data or PageType.DataV2 or PageType.Dictionary) Damage.Unless(header.Values >= 0, "a page without a number of values");
        return true;
    }

    private void ReadKind(ref ThriftReader thrift, int kind)
    {
        var id = 0;
        while (thrift.Field(ref id, out var type))
        {
            switch (kind, id)
            {
                case (_, 1):
                    Values = thrift.Int32(type);
                    break;
                case (5 or 7, 2) or (8, 4):
                    Encoding = (StoredEncoding)thrift.Int32(type);
                    break;
                case (5, 3):
                    DefinitionEncoding = (StoredEncoding)thrift.Int32(type);
                    break;
                case (5, 4):
                    RepetitionEncoding = (StoredEncoding)thrift.Int32(type);
                    break;
                case (8, 5):
                    DefinitionBytes = thrift.Int32(type);
                    break;
                case (8, 6):
                    RepetitionBytes = thrift.Int32(type);
                    break;
                case (8, 7):
                    Compressed = thrift.Bool(type);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
    }
}
