namespace K2I.Pipeline;

/// <summary>
/// Every name of the form <c>k2i.…</c> that K2I leaves in what others read: tables, data files and Kafka records. Nothing else spells one,
/// but for <see cref="K2I.Iceberg.ParquetProperties.ColumnEncodingPrefix"/> and what maintenance remembers of
/// snapshots that have expired.
/// </summary>
public static class K2IKeys
{
    /// <summary>Snapshot summary and table property, written by the same commit: how far the table is, as <see cref="OffsetMap"/>'s JSON.</summary>
    public const string Offsets = "k2i.offsets";

    /// <summary>Table property: the uuid of the table whose offsets the property <see cref="Offsets"/> holds. Tables made of another's definition inherit its properties, not its rows.</summary>
    public const string OffsetsOf = "k2i.offsets-of";

    /// <summary>Snapshot summary and, but for tables of dead letters, table property: counts the runs that have committed to the table; higher is later.</summary>
    public const string Epoch = "k2i.epoch";

    /// <summary>Snapshot summary, and key-value metadata of a data file: the flush that wrote the files.</summary>
    public const string FlushId = "k2i.flush-id";

    /// <summary>Key-value metadata of a data file: the offsets, by topic and partition, whose rows the flush holds, as JSON.</summary>
    public const string OffsetRanges = "k2i.offset-ranges";

    /// <summary>
    /// Table property: the schema for whose records the columns were made or last changed: subject, version and id, as far as they are
    /// known.
    /// </summary>
    public const string WriterSchema = "k2i.writer-schema";

    /// <summary>
    /// Table property, as JSON: by struct and name the ids of columns that had the name before, or have it in other schemas of records.
    /// </summary>
    public const string FormerNames = "k2i.former-names";

    /// <summary>
    /// Table property of the home of tables that records go to by a value (<see cref="TableRouting"/>): the values that have one, as a JSON
    /// list of texts, in the order in which they came.
    /// </summary>
    public const string Routes = "k2i.routes";

    /// <summary>Header of a dead letter in a topic: the table that its record was meant for.</summary>
    public const string LetterTable = "k2i.table";

    /// <summary>Header of a dead letter in a topic: the topic that its record was read from.</summary>
    public const string LetterTopic = "k2i.topic";

    /// <summary>Header of a dead letter in a topic: its record's partition.</summary>
    public const string LetterPartition = "k2i.partition";

    /// <summary>Header of a dead letter in a topic: its record's offset.</summary>
    public const string LetterOffset = "k2i.offset";

    /// <summary>Header of a dead letter in a topic: the kind of error.</summary>
    public const string LetterError = "k2i.error";

    /// <summary>Header of a dead letter in a topic: what was wrong, for a person.</summary>
    public const string LetterDetail = "k2i.detail";

    /// <summary>Header of a dead letter in a topic: its record's timestamp, in ms; absent where it has none.</summary>
    public const string LetterTimestamp = "k2i.timestamp";

    /// <summary>Header of a dead letter in a topic, beside <see cref="LetterTimestamp"/>: <c>CreateTime</c> or <c>LogAppendTime</c>.</summary>
    public const string LetterTimestampType = "k2i.timestamp-type";

    /// <summary>Header of a record that was produced again: <c>topic/partition/offset</c> of the first one.</summary>
    public const string ReplayOf = "k2i.replay-of";
}
