using System.Collections.Immutable;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Maintenance;

namespace K2I.Pipeline;

/// <summary>The Iceberg table of a table's dead letters: its name and columns. A row is a record that became no row, with all that is needed to replay it.</summary>
public static class DeadLetterTable
{
    public const string Suffix = "_dead_letters";

    public const string Topic = "topic", TopicId = "topic_id", Partition = "partition", Offset = "offset", Timestamp = "timestamp", TimestampType = "timestamp_type",
        Error = "error", Detail = "detail", Key = "key", Value = "value", Headers = "headers", FailedAt = "failed_at";

    /// <summary>Beside the table, in its namespace.</summary>
    public static TableIdent IdentFor(TableIdent table) => table with { Name = table.Name + Suffix };

    /// <summary>
    /// How it is kept in shape: as its table, but for what goes by that table's columns. Letters stay until a person removes them.
    /// </summary>
    public static MaintenancePolicy PolicyOf(MaintenancePolicy table) =>
        table with { Retention = null, Compaction = table.Compaction is { } files ? files with { Order = RowOrder.OfTable } : null };

    /// <summary>The columns; ids are assigned when the table is created.</summary>
    public static ImmutableArray<Field> Columns { get; } =
    [
        Of(Topic, PrimitiveType.String, true, "The topic that the record stood in."),
        Of(Partition, PrimitiveType.Int, true),
        Of(Offset, PrimitiveType.Long, true),
        Of(Timestamp, PrimitiveType.TimestampTz, false, "The record's own time."),
        Of(TimestampType, PrimitiveType.String, false, "CreateTime or LogAppendTime."),
        Of(Error, PrimitiveType.String, true, "The kind of error."),
        Of(Detail, PrimitiveType.String, false, "What was wrong, and where."),
        Of(Key, PrimitiveType.Binary, false, "As it was in Kafka."),
        Of(Value, PrimitiveType.Binary, false, "As it was in Kafka; null for a tombstone."),
        Of(Headers, ListType.Of(0, new StructType([Of("key", PrimitiveType.String, true), Of("value", PrimitiveType.Binary, false)]), required: true), false),
        Of(FailedAt, PrimitiveType.TimestampTz, true, "When k2i set it aside."),
        Of(TopicId, PrimitiveType.String, false, "Kafka's id of the topic: a topic that is deleted and created again has another."),
    ];

    private static Field Of(string name, DataType type, bool required, string? doc = null) => new(0, name, type, required) { Doc = doc };
}
