namespace K2I.Pipeline;

/// <summary>What a record's value holds.</summary>
public enum RecordFormat
{
    Json,
    Raw,

    /// <summary>Avro's binary encoding; records name their schemas, or a file has the one.</summary>
    Avro,
}
