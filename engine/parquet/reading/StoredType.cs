namespace K2I.Parquet;

/// <summary>Every physical type a file can have. The numbers are the format's (parquet.thrift, Type).</summary>
internal enum StoredType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,

    /// <summary>Old timestamps: nanoseconds of the day, then the Julian day.</summary>
    Int96 = 3,
    Float = 4,
    Double = 5,
    ByteArray = 6,
    FixedLenByteArray = 7,
}
