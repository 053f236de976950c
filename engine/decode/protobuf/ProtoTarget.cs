namespace K2I.Decode.Protobuf;

/// <summary>How a value is put into its column.</summary>
internal enum ProtoTarget
{
    Boolean,
    Int,
    Long,
    Decimal,
    Float,
    Double,

    /// <summary>Numbers as text; of enums the name.</summary>
    Text,

    /// <summary>UTF-8, checked.</summary>
    String,
    Bytes,

    /// <summary>A UUID as text.</summary>
    Uuid,

    /// <summary>A Timestamp in microseconds, or nanoseconds.</summary>
    Micros,
    Nanos,

    /// <summary>A Duration in microseconds.</summary>
    Elapsed,

    /// <summary>The value in a message around it.</summary>
    Wrapped,

    /// <summary>A message as JSON.</summary>
    Json,
    Struct,
    List,
    Map,
}
