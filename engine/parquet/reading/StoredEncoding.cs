namespace K2I.Parquet;

/// <summary>Every encoding of values or levels that is read. The numbers are the format's (parquet.thrift, Encoding).</summary>
internal enum StoredEncoding
{
    Plain = 0,

    /// <summary>The old name of <see cref="RleDictionary"/>, and of plain in dictionary pages.</summary>
    PlainDictionary = 2,
    Rle = 3,

    /// <summary>Levels only, most significant bit first; no longer written.</summary>
    BitPacked = 4,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RleDictionary = 8,
    ByteStreamSplit = 9,
}
