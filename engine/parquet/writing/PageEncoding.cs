namespace K2I.Parquet;

/// <summary>How a page's values or levels are encoded. The numbers are the format's (parquet.thrift, Encoding).</summary>
internal enum PageEncoding
{
    Plain = 0,
    Rle = 3,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RleDictionary = 8,
    ByteStreamSplit = 9,
}
