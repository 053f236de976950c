using System.Collections.Immutable;
using System.Text.Json;

namespace K2I.Pipeline;

/// <summary>The entries of runs and tables; <see cref="LogEntryKind"/> says what each tells.</summary>
internal abstract partial record LogEntry
{
    /// <param name="Table">The table as the configuration names it.</param>
    /// <param name="Uuid">The Iceberg table's.</param>
    /// <param name="Epoch">Counts the runs that commit to it.</param>
    /// <param name="Map">How far it is.</param>
    /// <param name="IsAnother">It took the place of another: what the log held of that one counts no more.</param>
    internal sealed record RunStarted(string Table, string Uuid, long Epoch, OffsetMap Map, bool IsAnother) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.RunStarted;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("table", Table);
            json.WriteString("uuid", Uuid);
            json.WriteNumber("epoch", Epoch);
            json.WriteBoolean("another", IsAnother);
            Write(json, Map);
        }

        internal static RunStarted Read(JsonElement json) =>
            new(Text(json, "table"), Text(json, "uuid"), Number(json, "epoch"), Offsets(json), json.GetProperty("another").GetBoolean());
    }

    internal sealed record StartsDecided(OffsetMap Map) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.StartsDecided;

        private protected override void WriteFields(Utf8JsonWriter json) => Write(json, Map);

        internal static StartsDecided Read(JsonElement json) => new(Offsets(json));
    }

    internal sealed record SchemaEvolution(int SchemaId, ImmutableArray<string> Columns) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.SchemaEvolution;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteNumber("schema", SchemaId);
            json.WriteStartArray("columns");
            foreach (var column in Columns) json.WriteStringValue(column);
            json.WriteEndArray();
        }

        internal static SchemaEvolution Read(JsonElement json) =>
            new(json.GetProperty("schema").GetInt32(), [.. json.GetProperty("columns").EnumerateArray().Select(c => c.GetString() ?? "")]);
    }

    internal sealed record MaintenanceTask(string Task, int Files, string Detail) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.MaintenanceTask;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("task", Task);
            json.WriteNumber("files", Files);
            json.WriteString("detail", Detail);
        }

        internal static MaintenanceTask Read(JsonElement json) => new(Text(json, "task"), json.GetProperty("files").GetInt32(), Text(json, "detail"));
    }
}
