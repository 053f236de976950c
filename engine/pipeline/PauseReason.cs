namespace K2I.Pipeline;

/// <summary>Why a table is paused. Its other spelling is in <see cref="PauseReasons"/>.</summary>
public enum PauseReason
{
    /// <summary>The topic was deleted and created again: its offsets mean other records than those in the table. Accepting starts at the new topic's beginning.</summary>
    TopicRecreated,

    /// <summary>Another table has the name. Accepting goes on with it, from the offsets it holds.</summary>
    TableReplaced,

    /// <summary>The table that was written to is gone. Accepting creates it anew, from the configured start.</summary>
    TableMissing,

    /// <summary>Kafka does not hold the next offset any more. Accepting goes on at the nearest offset it holds; what lies between is lost.</summary>
    OffsetOutOfRange,

    /// <summary>Columns of the table do not go with the records or the options. Nothing can be accepted: mend one of them.</summary>
    IncompatibleSchema,

    /// <summary>The table needs what this build cannot do: a format version, a type, a transform, encryption, a store. Nothing can be accepted.</summary>
    Unsupported,

    /// <summary>Kafka, the catalog or the store refuses what options or table ask for: a property, a name, a location. Nothing can be accepted: mend it.</summary>
    Refused,

    /// <summary>Kafka, the catalog or the store denies access. Tried again by itself.</summary>
    PermissionDenied,

    /// <summary>A record is no row and <c>dead_letter = pause</c>. Accepting passes over it.</summary>
    BadRecord,

    /// <summary>Kafka or the table holds data that cannot be read.</summary>
    DamagedData,
}
