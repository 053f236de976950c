namespace K2I.Pipeline;

/// <summary>What to do with a field that the schema does not have.</summary>
public enum UnknownFields
{
    Ignore,

    /// <summary>Add it to the table as a new column.</summary>
    Evolve,

    /// <summary>Make the record a dead letter.</summary>
    DeadLetter,
}
