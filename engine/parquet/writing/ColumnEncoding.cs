namespace K2I.Parquet;

/// <summary>How a column's values are encoded, where not by the writer's own choice. Not every reader knows those behind the first two.</summary>
public enum ColumnEncoding
{
    /// <summary>Through a dictionary while that is worth it, plain otherwise.</summary>
    Dictionary,

    /// <summary>As they are.</summary>
    Plain,

    /// <summary>Differences, bit-packed (DELTA_BINARY_PACKED): whole numbers, dates and times, decimals of up to 18 digits.</summary>
    DeltaBinaryPacked,

    /// <summary>Lengths as differences, then all bytes (DELTA_LENGTH_BYTE_ARRAY): strings and binary.</summary>
    DeltaLengthByteArray,

    /// <summary>The prefix shared with the value before is left out (DELTA_BYTE_ARRAY): strings, binary and values of fixed length; for sorted ones.</summary>
    DeltaByteArray,

    /// <summary>All first bytes, all second bytes, and so on (BYTE_STREAM_SPLIT): numbers and values of fixed length.</summary>
    ByteStreamSplit,
}
