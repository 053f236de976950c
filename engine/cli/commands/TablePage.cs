using System.Text.Json;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary><c>k2i tables show NAME</c>: one table for people and machines.</summary>
internal sealed class TablePage(Table table, Catalogs catalogs, EngineOptions? options, bool everyFile)
{
    private const int SnapshotsShown = 10, FilesShown = 10;

    private readonly TableUpkeep upkeep =
        new(table, catalogs.Store, MaintainedTable.Of(options, catalogs, table), SystemClock.Instance.UnixMs);

    private TableMetadata Metadata => table.Metadata;

    public void PrintText(Terminal terminal)
    {
        terminal.Say($"{table.Ident} (format {Metadata.FormatVersion}, {Metadata.Uuid})");
        var facts = new TextTable("", "");
        facts.Add("location", Metadata.Location);
        facts.Add("partitioning", Metadata.DefaultSpec.IsUnpartitioned ? "none" : PartitionSpecText.ToText(Metadata.DefaultSpec, Metadata.CurrentSchema));
        facts.Add("rows", $"{TableFacts.Grouped(TableFacts.Total(table, SummaryKeys.TotalRecords))} in {TableFacts.Grouped(TableFacts.Total(table, SummaryKeys.TotalDataFiles))} files, {Units.FormatBytes(TableFacts.Total(table, SummaryKeys.TotalFilesSize))}");
        if (Metadata.Properties.TryGetValue(K2IKeys.WriterSchema, out var writer)) facts.Add("columns made for", writer);
        facts.Print(terminal);
        Heading(terminal, "columns");
        var columns = new TextTable(">id", "name", "type", "");
        foreach (var field in Metadata.CurrentSchema.Fields) columns.Add(TableFacts.Plain(field.Id), field.Name, ColumnText.Format(field.Type), field.Required ? "required" : "");
        columns.Print(terminal, "  ");
        PrintOffsets(terminal);
        Heading(terminal, "maintenance");
        upkeep.PrintText(terminal);
        PrintSnapshots(terminal);
        PrintFiles(terminal);
    }

    public void PrintJson(TextWriter output) => JsonOut.Print(output, json =>
    {
        json.WriteStartObject();
        TablesJson.WriteFacts(json, table);
        json.WriteString("partition_by", PartitionSpecText.ToText(Metadata.DefaultSpec, Metadata.CurrentSchema));
        json.WriteStartArray("columns");
        foreach (var field in Metadata.CurrentSchema.Fields)
        {
            json.WriteStartObject();
            json.WriteNumber("id", field.Id);
            json.WriteString("name", field.Name);
            json.WriteString("type", ColumnText.Format(field.Type));
            json.WriteBoolean("required", field.Required);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteMap(json, "properties", Metadata.Properties);
        upkeep.Write(json);
        json.WriteStartArray("snapshots");
        foreach (var snapshot in Metadata.Snapshots) WriteSnapshot(json, snapshot);
        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var file in Files())
        {
            json.WriteStartObject();
            json.WriteString("path", file.FilePath);
            json.WriteString("content", file.Content.ToString());
            json.WriteNumber("rows", file.RecordCount);
            json.WriteNumber("bytes", file.FileSizeBytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private IEnumerable<DataFile> Files() => Metadata.CurrentSnapshot is { } snapshot ? new ManifestReader(catalogs.Store).LiveEntries(Metadata, snapshot).Select(e => e.File) : [];

    private void PrintOffsets(Terminal terminal)
    {
        var offsets = new TextTable("topic", ">partition", ">next offset");
        var any = false;
        foreach (var (topic, entry) in OffsetMap.Of(table).Topics)
        {
            foreach (var (partition, next) in entry.Partitions)
            {
                any = true;
                offsets.Add(topic, TableFacts.Grouped(partition), TableFacts.Grouped(next.Value));
            }
        }
        if (!any) return;
        Heading(terminal, "offsets");
        offsets.Print(terminal, "  ");
    }

    private void PrintSnapshots(Terminal terminal)
    {
        if (Metadata.Snapshots.IsEmpty) return;
        Heading(terminal, Metadata.Snapshots.Length > SnapshotsShown ? $"snapshots, the last {SnapshotsShown} of {Metadata.Snapshots.Length}" : "snapshots");
        var list = new TextTable(">id", "time", "operation", ">added rows", ">added files", ">rows");
        foreach (var snapshot in Metadata.Snapshots.TakeLast(SnapshotsShown))
            list.Add(TableFacts.Plain(snapshot.SnapshotId.Value), TableFacts.Time(snapshot.TimestampMs), snapshot.Operation, TableFacts.Grouped(TableFacts.Number(snapshot, SummaryKeys.AddedRecords)),
                TableFacts.Grouped(TableFacts.Number(snapshot, SummaryKeys.AddedDataFiles)), TableFacts.Grouped(TableFacts.Number(snapshot, SummaryKeys.TotalRecords)));
        list.Print(terminal, "  ");
    }

    private void PrintFiles(Terminal terminal)
    {
        if (TableFacts.Total(table, SummaryKeys.TotalDataFiles) == 0) return;
        var list = new TextTable("file", ">rows", ">size");
        var prefix = Metadata.Location + "/";
        foreach (var file in everyFile ? Files() : Files().Take(FilesShown))
            list.Add(file.FilePath.StartsWith(prefix, StringComparison.Ordinal) ? file.FilePath[prefix.Length..] : file.FilePath, TableFacts.Grouped(file.RecordCount), Units.FormatBytes(file.FileSizeBytes));
        Heading(terminal, everyFile || TableFacts.Total(table, SummaryKeys.TotalDataFiles) <= FilesShown ? "files" : $"files, {FilesShown} of {TableFacts.Grouped(TableFacts.Total(table, SummaryKeys.TotalDataFiles))} (--files lists every one)");
        list.Print(terminal, "  ");
    }

    private static void WriteSnapshot(Utf8JsonWriter json, Snapshot snapshot)
    {
        json.WriteStartObject();
        json.WriteNumber("id", snapshot.SnapshotId.Value);
        if (snapshot.ParentSnapshotId is { } parent) json.WriteNumber("parent_id", parent.Value);
        else json.WriteNull("parent_id");
        json.WriteNumber("sequence_number", snapshot.SequenceNumber);
        json.WriteNumber("unix_ms", snapshot.TimestampMs);
        json.WriteString("operation", snapshot.Operation);
        WriteMap(json, "summary", snapshot.Summary);
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void Heading(Terminal terminal, string text)
    {
        terminal.Out.WriteLine();
        terminal.Say(text);
    }
}
