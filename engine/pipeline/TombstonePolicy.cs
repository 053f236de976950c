namespace K2I.Pipeline;

/// <summary>What becomes of a record with a null value in a table of appended rows.</summary>
public enum TombstonePolicy
{
    /// <summary>It is a dead letter.</summary>
    DeadLetter,

    /// <summary>It is a row of nulls, with its key and offset in the Kafka column; a dead letter where a column is required.</summary>
    NullRow,

    /// <summary>It is passed over; its offset counts as read.</summary>
    Skip,
}
