namespace K2I.Pipeline;

/// <summary>What becomes of a record that is no row.</summary>
public enum DeadLetterPolicy
{
    /// <summary>It is a row of the Iceberg table <c>NAME_dead_letters</c>, exactly once.</summary>
    Table,

    /// <summary>It is produced to a Kafka topic: at least once after a crash.</summary>
    Topic,

    /// <summary>The table stops there until a person decides.</summary>
    Pause,

    /// <summary>It is counted, logged and gone.</summary>
    Drop,
}
