using System.Text.Json;

namespace K2I.Crash.Tests;

/// <summary>How far a table is, by the status of the process that keeps it.</summary>
/// <param name="State">Null: the process does not know the table, or does not answer.</param>
/// <param name="Committed">Rows, letters and what was skipped are all part of the committed offsets, which are without gaps here.</param>
/// <param name="Records">How many there are of its topic.</param>
internal sealed record TableProgress(AuditedTable Table, string? State, string? PauseReason, string? Detail, long Committed, int Records)
{
    public bool IsAtTheEnd => State is not null && Committed >= Records;

    public bool IsUnderWay => State is "running" or "paused";

    public static TableProgress Of(AuditedTable table, int records, IReadOnlyList<JsonElement> status)
    {
        var found = status.FirstOrDefault(t => t.GetProperty("name").GetString() == table.Name);
        if (found.ValueKind != JsonValueKind.Object) return new(table, null, null, null, 0, records);
        string? Text(string name) => found.GetProperty(name).GetString();
        var offsets = found.GetProperty("partitions").EnumerateArray().Select(p => p.GetProperty("committed_offset").GetInt64());
        return new(table, Text("state"), Text("pause_reason"), Text("detail"), offsets.Sum(o => Math.Max(0, o)), records);
    }

    public override string ToString() =>
        $"{Table.Name} at {Committed} of {Records} records: {State ?? "not known"} {PauseReason} {Detail}";
}
