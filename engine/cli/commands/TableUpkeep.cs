using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Iceberg;
using K2I.Maintenance;
using K2I.Storage;

namespace K2I.Cli.Commands;

/// <summary>The part of <c>k2i tables show</c> that says how well a table is in shape, and what is due to be done for it.</summary>
internal sealed class TableUpkeep
{
    private readonly bool? isOn;
    private readonly TableShape shape;
    private readonly List<(JobKind Kind, string Reason)> due = [];

    public TableUpkeep(Table table, IObjectStore store, MaintainedTable kept, long nowMs)
    {
        isOn = kept.IsOn;
        var state = TableInventory.Read(table, store, kept.Policy);
        shape = TableShape.Of(state, kept.Policy);
        var planner = new Planner(kept.Policy, [], nowMs);
        // Only a look shows whether there are orphans.
        foreach (var kind in Planner.Kinds.Where(k => k != JobKind.Orphans)) Plan(kind);

        void Plan(JobKind kind)
        {
            try
            {
                due.AddRange(planner.Plan(kind, state).Select(p => (kind, p.Reason)));
            }
            catch (EngineException error)
            {
                due.Add((kind, error.Message));
            }
        }
    }

    public void PrintText(Terminal terminal)
    {
        var facts = new TextTable("", "");
        facts.Add("by itself", isOn switch { true => "while k2i ingest runs", false => "off", null => "not by this configuration" });
        facts.Add("small files", $"{TableFacts.Grouped(shape.SmallFiles)} of {TableFacts.Grouped(shape.DataFiles)}");
        if (shape.LeftFiles > 0)
            facts.Add("left as they are", $"{TableFacts.Grouped(shape.LeftFiles)}: too many equality deletes apply to each");
        facts.Add("average size", Units.FormatBytes(shape.AverageFileBytes));
        if (shape.OldestSnapshotUnixMs > 0) facts.Add("oldest snapshot", TableFacts.Time(shape.OldestSnapshotUnixMs));
        if (shape.WriteAmplification is { } factor)
            facts.Add("write amplification", $"{factor.ToString("0.0", CultureInfo.InvariantCulture)}");
        if (due.Count == 0) facts.Add("due", "nothing");
        for (var at = 0; at < due.Count; at++)
            facts.Add(at == 0 ? "due" : "", $"{MaintenanceReport.WordFor(due[at].Kind)}: {due[at].Reason}");
        facts.Print(terminal, "  ");
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("maintenance");
        if (isOn is { } on) json.WriteBoolean("by_itself", on);
        else json.WriteNull("by_itself");
        ShapeJson.Write(json, shape);
        json.WriteStartArray("due");
        foreach (var (kind, reason) in due)
        {
            json.WriteStartObject();
            json.WriteString("kind", MaintenanceReport.WordFor(kind));
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
