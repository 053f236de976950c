namespace K2I.Decode;

/// <summary>How a value of one type of Avro goes into a column of one type of the table.</summary>
internal enum AvroOp : byte
{
    Bool,

    /// <summary>A number as it is, into 32 or 64 bits.</summary>
    Int,
    Long,

    /// <summary>A whole number into a column of the other kind, exactly.</summary>
    WholeToFloat,
    WholeToDouble,

    Float,
    FloatToDouble,
    Double,

    /// <summary>Days.</summary>
    Date,

    /// <summary>A time of day, times a factor.</summary>
    Time,

    /// <summary>A time to microseconds: times a factor, or cut off.</summary>
    Micros,

    /// <summary>A time to nanoseconds, times a factor.</summary>
    Nanos,

    /// <summary>Bytes that have to be UTF-8.</summary>
    Text,
    Bytes,
    Enum,

    /// <summary>Big-endian two's complement.</summary>
    Decimal,
    FixedDecimal,

    UuidText,
    FixedUuidText,

    /// <summary>A fixed number of bytes, into a column of as many, or one of any number.</summary>
    Fixed,
    FixedBytes,
}
