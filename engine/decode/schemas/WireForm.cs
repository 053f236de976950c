namespace K2I.Decode;

/// <summary>
/// Where records have the id of their schema. Configured, never guessed: a zero is a byte that payloads may begin with too.
/// </summary>
public enum WireForm
{
    /// <summary>Nowhere: all of the value is payload, and the options name the schema.</summary>
    Bare,

    /// <summary>
    /// Confluent's: a header (<c>__value_schema_id</c>, <c>__key_schema_id</c>: a 1 and a UUID; the last one counts), else before the
    /// payload a 0 and 4 bytes, or a 1 and a UUID.
    /// </summary>
    Confluent,

    /// <summary>Apicurio's older form: a 0 and 8 bytes.</summary>
    Apicurio8,

    /// <summary>AWS Glue's: a 3, a byte for the compression, a UUID.</summary>
    Glue,

    /// <summary>Azure's: the header <c>content-type</c> ends in <c>+</c> and 32 hex digits.</summary>
    Azure,

    /// <summary>Avro's single-object encoding: C3 01 and a fingerprint of 8 bytes.</summary>
    SingleObject,

    /// <summary>Kafka Connect's JSON: the schema itself stands beside the payload.</summary>
    Embedded,
}
