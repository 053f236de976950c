using System.Text.Json;

namespace K2I.EndToEnd.Tests;

/// <summary>The judges themselves: they agree on a table that Iceberg Java wrote, and see what is wrong with one.</summary>
public sealed class JudgeTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [JudgesFact]
    public void AllReadersShowTheSameRowsOfATableByIcebergJava()
    {
        var (table, rows) = Table();
        Comparison.AllReadersSee(table, SampleEvents.Schema, rows, Id);
        Judges.CheckWithOrphans(table);
    }

    [JudgesFact]
    public void AChangedValueAMissingAndADoubledRowAreSeen()
    {
        var (table, rows) = Table();
        var changed = rows.Select((r, i) => i == 7 ? JsonDocument.Parse(r.GetRawText().Replace("\"id\":7,", "\"id\":7,\"flag\":\"x\",", StringComparison.Ordinal)).RootElement : r).ToList();
        var more = rows.Append(JsonDocument.Parse("""{"id":1000}""").RootElement).ToList();
        var less = rows.Skip(1).ToList();
        foreach (var wrong in new[] { changed, more, less })
            Assert.ThrowsAny<Exception>(() => Comparison.ReaderSees(Reader.IcebergJava, table, SampleEvents.Schema, wrong, Id));
    }

    private static string Id(JsonElement row) => row.GetProperty("id").GetInt64().ToString();

    private (string Table, List<JsonElement> Rows) Table()
    {
        var table = workspace.Table("judged");
        List<JsonElement> rows = [.. SampleEvents.Make(seed: 1, count: 200).Select(e => e.Row)];
        var schema = workspace.File("schema.json", SampleEvents.Schema.GetRawText());
        Judges.Java.Run("op", "create", table, "--schema", schema, "--spec", "bucket(id,4)").Expect(0);
        Tool.Run(Needs.IcebergJava, ["op", "append", table, "--from", "-"], string.Join('\n', rows.Select(r => r.GetRawText())) + "\n").Expect(0);
        return (table, rows);
    }
}
