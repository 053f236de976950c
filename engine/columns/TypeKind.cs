namespace K2I.Columns;

/// <summary>The logical types, as Iceberg names them (table spec, "Schemas and Data Types").</summary>
public enum TypeKind
{
    Boolean,
    Int,
    Long,
    Float,
    Double,

    /// <summary>Precision up to 38; held as a 128-bit unscaled integer.</summary>
    Decimal,

    /// <summary>Days since 1970-01-01.</summary>
    Date,

    /// <summary>Microseconds since midnight.</summary>
    Time,

    /// <summary>Microseconds since 1970-01-01T00:00:00, no zone.</summary>
    Timestamp,

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    TimestampTz,

    /// <summary>Nanoseconds since 1970-01-01T00:00:00, no zone.</summary>
    TimestampNs,

    /// <summary>Nanoseconds since 1970-01-01T00:00:00Z.</summary>
    TimestampTzNs,

    /// <summary>UTF-8.</summary>
    String,

    /// <summary>16 bytes, big-endian (RFC 4122 byte order).</summary>
    Uuid,

    /// <summary>A fixed number of bytes.</summary>
    Fixed,
    Binary,
    Struct,
    List,
    Map,

    /// <summary>A value of any shape.</summary>
    Variant,
}
