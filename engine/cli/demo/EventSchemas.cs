using K2I.Decode;
using K2I.Pipeline;

namespace K2I.Cli.Demo;

/// <summary>
/// The registry of the events of <see cref="EventGenerator"/>, where they name their schemas: two versions, of which the second has one
/// field more. Any thread.
/// </summary>
internal sealed class EventSchemas : ISchemaSource
{
    internal const int Versions = 2;

    private const string AvroFields = """
        {"name":"event_id","type":"string"},{"name":"user_id","type":"long"},{"name":"event_type","type":"string"},
        {"name":"event_time","type":{"type":"long","logicalType":"timestamp-millis"}},
        {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
        {"name":"country","type":"string"},{"name":"session_id","type":"string"},{"name":"mobile","type":"boolean"},
        {"name":"page","type":"string"}
        """;

    private const string ProtobufFields = """
        string event_id = 1; int64 user_id = 2; string event_type = 3; google.protobuf.Timestamp event_time = 4; double amount = 5;
        string country = 6; string session_id = 7; bool mobile = 8; string page = 9;
        """;

    private readonly WriterSchema[] versions;

    private EventSchemas(RecordFormat format) => versions = [Make(format, 1), Make(format, Versions)];

    public string? Trouble => null;

    /// <summary>Null for a format whose records name no schema.</summary>
    internal static EventSchemas? Of(RecordFormat format) =>
        format is RecordFormat.Avro or RecordFormat.Protobuf ? new(format) : null;

    public SchemaState Find(SchemaId id, out WriterSchema? schema)
    {
        schema = Array.Find(versions, v => v.Id == id);
        return schema is null ? SchemaState.Missing : SchemaState.Known;
    }

    private static WriterSchema Make(RecordFormat format, int version)
    {
        var isNew = version == Versions;
        var (language, text) = format == RecordFormat.Avro
            ? (SchemaLanguage.Avro, $$"""
                {"type":"record","name":"Event","fields":[{{AvroFields}}{{(isNew
                    ? ",{\"name\":\"campaign\",\"type\":[\"null\",\"string\"],\"default\":null}" : "")}}]}
                """)
            : (SchemaLanguage.Protobuf, $$"""
                syntax = "proto3"; import "google/protobuf/timestamp.proto";
                message Event { {{ProtobufFields}} {{(isNew ? "optional string campaign = 10;" : "")}} }
                """);
        return new(SchemaId.Of(version), language, text, []) { Subject = "events-value", Version = version };
    }
}
