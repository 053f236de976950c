using System.Collections.Immutable;
using System.Text.Json;

namespace K2I.Pipeline;

/// <summary>The entries of sessions and tables; <see cref="LogEntryKind"/> says what each tells.</summary>
internal abstract partial record LogEntry
{
    internal sealed record SessionStarted(string Uuid, long Epoch, OffsetMap Map) : LogEntry
    {
        internal override LogEntryKind Kind => LogEntryKind.SessionStarted;

        private protected override void WriteFields(Utf8JsonWriter json)
        {
            json.WriteString("uuid", Uuid);
            json.WriteNumber("epoch", Epoch);
            Write(json, Map);
        }

        internal static SessionStarted Read(JsonElement json) => new(Text(json, "uuid"), Number(json, "epoch"), Offsets(json));
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
