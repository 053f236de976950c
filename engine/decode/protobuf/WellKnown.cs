namespace K2I.Decode.Protobuf;

/// <summary>Messages of <c>google.protobuf</c> that are values of their own kind, in columns and in JSON.</summary>
internal enum WellKnown
{
    None,
    Timestamp,
    Duration,

    /// <summary>One of the messages around a single value, such as <c>Int32Value</c>.</summary>
    Wrapper,
    Struct,
    Value,
    ListValue,
    FieldMask,
}
