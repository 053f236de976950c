namespace K2I.Decode.Protobuf;

/// <summary>What a field is declared as, numbered as descriptors number it.</summary>
internal enum ProtoKind
{
    Double = 1,
    Float,
    Int64,
    UInt64,
    Int32,
    Fixed64,
    Fixed32,
    Bool,
    String,
    Group,
    Message,
    Bytes,
    UInt32,
    Enum,
    SFixed32,
    SFixed64,
    SInt32,
    SInt64,
}
