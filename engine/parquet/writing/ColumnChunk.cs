namespace K2I.Parquet;

/// <summary>One column of one row group as the footer tells it.</summary>
internal sealed class ColumnChunk
{
    internal long Entries, Nulls, Nans, UncompressedBytes, CompressedBytes, UnencodedBytes;
    internal long DictionaryOffset = -1, DataOffset;
    internal long Distinct = -1;

    /// <summary>Pages through the dictionary, and the others, all in <see cref="ValueEncoding"/>.</summary>
    internal int DictionaryPages, ValuePages;

    internal PageEncoding ValueEncoding;

    /// <summary>Some values did not go through the dictionary, whose size is not the number of distinct ones then.</summary>
    internal bool HasOtherValues;

    /// <summary>The Bloom filter, header included; 0 bytes: none.</summary>
    internal long BloomOffset;

    internal int BloomBytes;

    internal byte[]? Min, Max;
    internal bool MinExact, MaxExact;

    /// <summary>Lengths of the chunk's indexes; 0 where there is none.</summary>
    internal int ColumnIndexBytes, OffsetIndexBytes;

    internal long FirstPage => DictionaryOffset >= 0 ? DictionaryOffset : DataOffset;
}
