namespace K2I.Parquet;

/// <summary>What must be done to stored values of a fixed width to make them column values.</summary>
internal enum ValueConversion
{
    /// <summary>Nothing: the bytes are the same.</summary>
    None,
    IntToLong,
    UIntToLong,
    IntToDecimal,
    LongToDecimal,
    ULongToDecimal,

    /// <summary>Big-endian two's complement of any width.</summary>
    BytesToDecimal,
    FloatToDouble,
    HalfToFloat,
    HalfToDouble,
    IntTimes1000,
    LongTimes1000,
    LongTimesMillion,

    /// <summary>Rounded down.</summary>
    LongOver1000,
    DaysToMicros,
    DaysToNanos,
    Int96ToMicros,
    Int96ToNanos,
}
