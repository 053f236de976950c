namespace K2I.Decode;

/// <summary>What happens where a schema's field does not go into the column of its name, however the table's schema is widened.</summary>
public enum OnIncompatible
{
    /// <summary>Records of the schema are dead letters.</summary>
    DeadLetter,

    /// <summary>The table is paused.</summary>
    Pause,

    /// <summary>The field gets a column of its own, the name with <c>_v2</c> (or the next number that is free) at its end.</summary>
    NewColumn,
}
