using System.Text.Json;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary><c>k2i tables --json</c>, and the parts that it shares with one table's page.</summary>
internal static class TablesJson
{
    public static void Print(TextWriter output, List<Table> tables) => JsonOut.Print(output, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("tables");
        foreach (var table in tables)
        {
            json.WriteStartObject();
            WriteFacts(json, table);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static void WriteFacts(Utf8JsonWriter json, Table table)
    {
        json.WriteString("name", table.Ident.ToString());
        json.WriteString("uuid", table.Metadata.Uuid);
        json.WriteString("location", table.Metadata.Location);
        json.WriteString("metadata_location", table.MetadataLocation);
        json.WriteNumber("format_version", table.Metadata.FormatVersion);
        json.WriteNumber("last_updated_unix_ms", table.Metadata.LastUpdatedMs);
        json.WriteNumber("rows", TableFacts.Total(table, SummaryKeys.TotalRecords));
        json.WriteNumber("data_files", TableFacts.Total(table, SummaryKeys.TotalDataFiles));
        json.WriteNumber("data_file_bytes", TableFacts.Total(table, SummaryKeys.TotalFilesSize));
        json.WriteNumber("snapshot_count", table.Metadata.Snapshots.Length);
        if (table.Metadata.CurrentSnapshotId is { } id) json.WriteNumber("current_snapshot_id", id.Value);
        else json.WriteNull("current_snapshot_id");
        WriteOffsets(json, OffsetMap.Of(table));
    }

    private static void WriteOffsets(Utf8JsonWriter json, OffsetMap offsets)
    {
        json.WriteStartArray("offsets");
        foreach (var (topic, entry) in offsets.Topics)
        {
            foreach (var (partition, next) in entry.Partitions)
            {
                json.WriteStartObject();
                json.WriteString("topic", topic);
                json.WriteString("topic_id", entry.TopicId);
                json.WriteNumber("partition", partition);
                json.WriteNumber("next_offset", next.Value);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }
}
