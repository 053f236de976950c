namespace K2I.Decode;

/// <summary>What is known of a schema.</summary>
public enum SchemaState
{
    Known,

    /// <summary>It is being fetched, or will be tried again: ask later, keep the record until then.</summary>
    Pending,

    /// <summary>Whoever has the schemas says that there is none of this id: its records cannot be read.</summary>
    Missing,
}
