using K2I.Columns;

namespace K2I.Decode;

/// <summary>The struct column that says where a row came from: topic, partition, offset, timestamp, key, headers.</summary>
public static class KafkaColumn
{
    public const string Name = "_kafka";

    /// <summary>Field ids it takes, from the column's own to the last of its children.</summary>
    public const int IdCount = 11;

    /// <summary>The optional column, its ids counted up from <paramref name="firstId"/>: the column, its fields, then what is inside the headers.</summary>
    public static Field Field(int firstId, string name = Name)
    {
        var header = new StructType(
        [
            new Field(firstId + 9, "key", PrimitiveType.String, true),
            new Field(firstId + 10, "value", PrimitiveType.Binary, false),
        ]);
        return new Field(firstId, name, new StructType(
        [
            new Field(firstId + 1, "topic", PrimitiveType.String, true),
            new Field(firstId + 2, "partition", PrimitiveType.Int, true),
            new Field(firstId + 3, "offset", PrimitiveType.Long, true),
            new Field(firstId + 4, "timestamp", PrimitiveType.TimestampTz, false),
            new Field(firstId + 5, "timestamp_type", PrimitiveType.String, false),
            new Field(firstId + 6, "key", PrimitiveType.Binary, false),
            new Field(firstId + 7, "headers", ListType.Of(firstId + 8, header, required: true), false),
        ]), false)
        {
            Doc = "Where the row came from: the Kafka record it was decoded from.",
        };
    }
}
