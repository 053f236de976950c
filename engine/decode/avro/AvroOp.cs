namespace K2I.Decode;

/// <summary>How a value of one type of Avro goes into a column of one type of the table.</summary>
internal enum AvroOp : byte
{
    /// <summary>It has parts, or no column.</summary>
    None,

    // What steps read themselves, side by side.
    Bool,

    /// <summary>A whole number, times a factor; times and dates too.</summary>
    Int,
    Long,
    Double,

    /// <summary>Has to be UTF-8.</summary>
    Text,
    UuidText,

    /// <summary>A time in nanoseconds into microseconds, towards the past.</summary>
    Thousandth,

    /// <summary>A whole number into a column of the other kind, exactly.</summary>
    WholeToFloat,
    WholeToDouble,

    Float,
    FloatToDouble,

    Bytes,
    Enum,

    /// <summary>Big-endian two's complement.</summary>
    Decimal,
    FixedDecimal,

    FixedUuidText,

    /// <summary>A fixed number of bytes, into a column of as many, or one of any number.</summary>
    Fixed,
    FixedBytes,
}
