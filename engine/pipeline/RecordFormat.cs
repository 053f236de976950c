namespace K2I.Pipeline;

/// <summary>What a record's value holds.</summary>
public enum RecordFormat
{
    Json,
    Raw,

    /// <summary>Avro's binary encoding; records name their schemas, or a file has the one.</summary>
    Avro,

    /// <summary>Protobuf's wire format; records name their schemas and messages, or a file and a name give the one.</summary>
    Protobuf,

    /// <summary>JSON whose columns a JSON Schema says; records name it, or a file has the one.</summary>
    JsonSchema,

    /// <summary>Kafka Connect's JSON: each record has its schema beside its payload.</summary>
    ConnectJson,

    /// <summary>Text in UTF-8, in one column.</summary>
    String,

    /// <summary>Any bytes, in one column.</summary>
    Bytes,
}
