namespace K2I.Avro;

/// <summary>Avro's types (Avro specification 1.12, "Schema Declaration").</summary>
public enum AvroKind
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Array,
    Map,
    Union,
    Fixed,
}
