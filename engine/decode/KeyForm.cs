namespace K2I.Decode;

/// <summary>What records' keys are, where a column has them; as Kafka's own serializers write it.</summary>
public enum KeyForm
{
    /// <summary>No column has them.</summary>
    None,

    /// <summary>Text in UTF-8.</summary>
    String,

    /// <summary>Any bytes.</summary>
    Bytes,

    /// <summary>Four bytes, big-endian.</summary>
    Int,

    /// <summary>Eight bytes, big-endian.</summary>
    Long,

    /// <summary>A JSON object, whose fields have columns: <see cref="KeyShape"/>.</summary>
    Json,

    /// <summary>Avro, by the schema that each key names, or one for all; the same.</summary>
    Avro,

    /// <summary>Protobuf; the same.</summary>
    Protobuf,
}
