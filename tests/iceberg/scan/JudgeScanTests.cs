using System.Text;

using K2I.Base;
using K2I.Storage;

using Xunit.Abstractions;

namespace K2I.Iceberg.Tests;

/// <summary>Tables written by Iceberg Java, one for each feature, with the rows that it reads from each of their snapshots and references.</summary>
[Collection(JudgeTables.Collection)]
public sealed class JudgeScanTests(JudgeTables tables, ITestOutputHelper output)
{
    [SharedFact(Judge.Program)]
    public void EverySnapshotOfEveryTableHasTheRowsThatIcebergJavaReads()
    {
        var warehouse = tables.Warehouse;
        var store = new LocalStore(warehouse);
        var catalog = new FileCatalog(store, warehouse, strictNames: false);
        var problems = new List<string>();
        int count = 0, states = 0;
        long rows = 0;
        foreach (var folder in Directory.GetDirectories(Path.Join(warehouse, "t")).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder);
            try
            {
                var table = catalog.Load(new TableIdent(["t"], name));
                count++;
                foreach (var file in Directory.GetFiles(Path.Join(folder, "expected"), "*.jsonl").Order(StringComparer.Ordinal))
                {
                    states++;
                    var expected = File.ReadAllLines(file);
                    rows += expected.Length;
                    var request = Request(Path.GetFileNameWithoutExtension(file)) with { MetadataColumns = expected.Length > 0 && expected[0].Contains("\"_pos\"", StringComparison.Ordinal) };
                    if (Difference(expected, Read(table, store, request)) is { } difference) problems.Add($"{name} {Path.GetFileName(file)}: {difference}");
                }
            }
            catch (EngineException error)
            {
                problems.Add($"{name}: {error.Message}");
            }
        }
        output.WriteLine($"{count} tables, {states} snapshots and references, {rows} rows");
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(count > 90);
    }

    private static ScanRequest Request(string name) =>
        name == "current" ? new ScanRequest()
        : name.StartsWith("ref-", StringComparison.Ordinal) ? new ScanRequest { Reference = name[4..] }
        : new ScanRequest { SnapshotId = new(long.Parse(name)) };

    private static string[] Read(Table table, IObjectStore store, ScanRequest request)
    {
        var json = new RowJson();
        using var reader = new TableScan(table, store, request).Read();
        while (reader.TryRead(out var rows))
            for (var i = 0; i < rows.Rows; i++) json.AppendLine(rows.Batch, rows.Ordinal(i));
        return Encoding.UTF8.GetString(json.Written).Split('\n')[..^1];
    }

    private static string? Difference(string[] expected, string[] actual)
    {
        for (var i = 0; i < Math.Min(expected.Length, actual.Length); i++)
        {
            if (expected[i] == actual[i]) continue;
            var at = 0;
            while (at < Math.Min(expected[i].Length, actual[i].Length) && expected[i][at] == actual[i][at]) at++;
            var from = Math.Max(0, at - 40);
            return $"row {i}: expected …{expected[i][from..Math.Min(expected[i].Length, at + 60)]}… read …{actual[i][from..Math.Min(actual[i].Length, at + 60)]}…";
        }
        return expected.Length == actual.Length ? null : $"{actual.Length} rows, not {expected.Length}";
    }
}
