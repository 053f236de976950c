namespace K2I.Pipeline;

/// <summary>What a record's value holds.</summary>
public enum RecordFormat
{
    Json,
    Raw,
}
