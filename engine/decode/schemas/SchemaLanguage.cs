namespace K2I.Decode;

/// <summary>What a schema is written in.</summary>
public enum SchemaLanguage
{
    Avro,
    Protobuf,
    Json,

    /// <summary>Kafka Connect's, in its JSON records.</summary>
    Connect,
}
