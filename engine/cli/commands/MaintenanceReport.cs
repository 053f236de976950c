using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Iceberg;
using K2I.Maintenance;

namespace K2I.Cli.Commands;

/// <summary>What jobs were asked of a table and what came of them, as text while they go on, or as JSON at the end.</summary>
internal sealed class MaintenanceReport(TableIdent ident, MaintenanceRequest request, Terminal terminal)
{
    /// <summary>Of files that are told of on a terminal or in a log; JSON has all.</summary>
    private const int MostListed = 20;

    private readonly List<Entry> entries = [];
    private string? refusal;

    private sealed record Entry(JobKind Kind, string Status, string? Reason, JobOutcome? Outcome);

    public void Refused(string why)
    {
        refusal = why;
        if (!request.Json) terminal.Say($"{ident}: no file is deleted: {why}");
    }

    public void NothingToDo(JobKind kind) => Add(new Entry(kind, "nothing_to_do", null, null));

    public void Planned(JobPlan plan) => Add(new Entry(plan.Kind, "planned", plan.Reason, null));

    public void Done(JobPlan plan, JobOutcome outcome) =>
        Add(new Entry(plan.Kind, outcome.Conflict is not null ? "conflict" : outcome.FilesFailed > 0 ? "incomplete"
            : "done", plan.Reason, outcome));

    /// <summary>A job that ended in an error; others go on.</summary>
    public void Failed(JobKind kind, EngineException error)
    {
        if (!request.Json) terminal.Error.WriteLine($"k2i: {WordFor(kind)}: {error.Message}");
        entries.Add(new Entry(kind, "failed", error.Message, null));
    }

    /// <summary>Prints what is not printed yet; the command's exit code.</summary>
    public ExitCode Print()
    {
        if (request.Json) JsonOut.Print(terminal.Out, WriteJson);
        return entries.Exists(e => e.Status is "conflict" or "incomplete" or "failed")
            || (refusal is not null && entries.TrueForAll(e => e.Outcome is null)) ? ExitCode.Failed : ExitCode.Ok;
    }

    internal static string WordFor(JobKind kind) => kind.ToString().ToLowerInvariant();

    private void Add(Entry entry)
    {
        entries.Add(entry);
        if (request.Json) return;
        var word = WordFor(entry.Kind);
        if (entry.Reason is null) terminal.Say($"{word}: nothing to do");
        else if (entry.Outcome is null) terminal.Say($"{word}: {entry.Reason}");
        else PrintOutcome(entry.Kind, entry.Outcome);
    }

    private void PrintOutcome(JobKind kind, JobOutcome outcome)
    {
        var word = WordFor(kind);
        terminal.Say(outcome.Conflict is { } conflict ? $"{word}: not done: {conflict}" : $"{word}: {Sum(kind, outcome)}");
        foreach (var note in outcome.Notes) terminal.Say($"  {note}");
        foreach (var file in outcome.Orphans.Take(MostListed)) terminal.Say($"  {file.Location} ({Units.FormatBytes(file.Bytes)})");
        if (outcome.Orphans.Length > MostListed) terminal.Say(
            string.Create(CultureInfo.InvariantCulture, $"  and {outcome.Orphans.Length - MostListed} more; --json names them"));
        foreach (var unfinished in outcome.Unfinished.Take(MostListed))
            terminal.Say(string.Create(CultureInfo.InvariantCulture,
                $"  {unfinished.Location} (since {DateTimeOffset.FromUnixTimeMilliseconds(unfinished.SinceMs):yyyy-MM-dd HH:mm}Z)"));
    }

    private string Sum(JobKind kind, JobOutcome outcome)
    {
        var parts = new List<string>();
        if (outcome.Snapshots > 0) parts.Add(Number(outcome.Snapshots, "snapshots expired"));
        if (outcome.FilesIn > 0) parts.Add(Changed(kind, outcome));
        if (outcome.FilesRemoved > 0)
            parts.Add($"{Number(outcome.FilesRemoved, "files removed")}, {Units.FormatBytes(outcome.BytesRemoved)}");
        if (outcome.Orphans.Length > 0)
        {
            var hint = request.Remove ? "" : "; --remove removes them";
            var bytes = Units.FormatBytes(outcome.Orphans.Sum(o => o.Bytes));
            parts.Add($"{Number(outcome.Orphans.Length, "files that the table does not name")}, {bytes}{hint}");
        }
        if (outcome.UnfinishedAborted > 0) parts.Add(Number(outcome.UnfinishedAborted, "objects given up that were never ended"));
        if (outcome.Unfinished.Length > 0) parts.Add(Number(outcome.Unfinished.Length, "objects that were begun and never ended"));
        return parts.Count == 0 ? "nothing found" : string.Join("; ", parts);
    }

    private static string Changed(JobKind kind, JobOutcome outcome) => kind switch
    {
        JobKind.Retention => Number(outcome.FilesIn, "files left the table"),
        JobKind.Statistics => $"{Number(outcome.FilesIn, "files")} counted",
        JobKind.Manifests => $"{Number(outcome.FilesIn, "manifests")} became {TableFacts.Grouped(outcome.FilesOut)}",
        JobKind.Compaction => $"{Number(outcome.FilesIn, "files")} became {TableFacts.Grouped(outcome.FilesOut)}",
        _ => Number(outcome.FilesIn, "files read"),
    };

    private static string Number(int count, string what) => $"{TableFacts.Grouped(count)} {what}";

    private void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("table", ident.ToString());
        json.WriteBoolean("dry_run", request.DryRun);
        if (refusal is not null) json.WriteString("refused", refusal);
        json.WriteStartArray("jobs");
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("kind", WordFor(entry.Kind));
            json.WriteString("status", entry.Status);
            if (entry.Reason is not null) json.WriteString("reason", entry.Reason);
            if (entry.Outcome is { } outcome) WriteOutcome(json, outcome);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOutcome(Utf8JsonWriter json, JobOutcome outcome)
    {
        if (outcome.Conflict is { } conflict) json.WriteString("conflict", conflict);
        if (outcome.Snapshot is { } snapshot) json.WriteNumber("snapshot", snapshot.Value);
        json.WriteNumber("snapshots_expired", outcome.Snapshots);
        json.WriteNumber("files_in", outcome.FilesIn);
        json.WriteNumber("files_out", outcome.FilesOut);
        json.WriteNumber("rows_rewritten", outcome.RowsRewritten);
        json.WriteNumber("bytes_read", outcome.BytesRead);
        json.WriteNumber("bytes_written", outcome.BytesWritten);
        json.WriteNumber("files_removed", outcome.FilesRemoved);
        json.WriteNumber("bytes_removed", outcome.BytesRemoved);
        json.WriteNumber("files_failed", outcome.FilesFailed);
        json.WriteStartArray("orphans");
        foreach (var file in outcome.Orphans)
        {
            json.WriteStartObject();
            json.WriteString("file", file.Location);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("unfinished_aborted", outcome.UnfinishedAborted);
        json.WriteStartArray("unfinished");
        foreach (var unfinished in outcome.Unfinished)
        {
            json.WriteStartObject();
            json.WriteString("file", unfinished.Location);
            json.WriteString("id", unfinished.Id);
            json.WriteNumber("bytes", unfinished.Length);
            json.WriteNumber("since_ms", unfinished.SinceMs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in outcome.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
    }
}
