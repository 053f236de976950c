using System.Text.Json;

namespace K2I.EndToEnd.Tests;

/// <summary>Engines that this project did not write, reading and auditing tables.</summary>
internal static class Judges
{
    /// <summary>PyIceberg and DuckDB, in one process for all tests.</summary>
    public static ResidentTool Python { get; } = new(
        Path.Combine(Path.GetDirectoryName(Needs.Python)!, "python"),
        Repository.Path("tests/readers/serve_judge.py"), Shared.At("peers/python/judge"));

    /// <summary>Iceberg Java, in one process for all tests; by the second word it has Hive's client too.</summary>
    public static ResidentTool Java { get; } = new(Needs.IcebergJava, "batch", "hive");

    /// <summary>Every invariant of the table that Iceberg Java knows, over all snapshots: no error and no warning.</summary>
    /// <param name="table">The table as the judge is told of it, such as by a catalog.</param>
    public static void Check(params string[] table) => Check(Java.Run, table);

    /// <param name="java">Iceberg Java, such as with a driver of its own.</param>
    /// <param name="table">The table as the judge is told of it, such as by a catalog.</param>
    public static void Check(Func<string[], ToolResult> java, params string[] table)
    {
        var check = java(["check", .. table]);
        var bad = check.Output.Split('\n').Where(l => l.StartsWith("ERROR", StringComparison.Ordinal) || l.StartsWith("WARN", StringComparison.Ordinal));
        Assert.True(check.ExitCode == 0 && !bad.Any(), check.All);
    }

    /// <summary>
    /// <see cref="Check"/>, and no file that no snapshot knows. Not for a table whose ingest was killed: what it was
    /// writing at that moment stays until the orphans' grace period is over.
    /// </summary>
    public static void CheckWithOrphans(string table) => Check(table, "--orphans");

    /// <summary>Every offset of these ranges once and no other, by Iceberg Java and by PyIceberg.</summary>
    public static void EveryOffsetOnce(string table, IReadOnlyList<OffsetRange> expected, bool allowGaps = false) => EveryOffsetOnce([table], [table], expected, allowGaps);

    /// <summary>The table as each of the two is told of it.</summary>
    public static void EveryOffsetOnce(
        string[] forJava, string[] forPython, IReadOnlyList<OffsetRange> expected, bool allowGaps = false,
        Func<string[], ToolResult>? java = null, Func<string[], ToolResult>? python = null)
    {
        string[] gaps = allowGaps ? ["--allow-gaps"] : [];
        var ids = (java ?? Java.Run)(["ids", .. forJava, .. gaps, .. expected.SelectMany(r => new[] { "--expect", $"{r.Topic}:{r.Partition}:{r.From}:{r.To}" })]);
        Assert.True(ids.ExitCode == 0, ids.All);

        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(
                expected.GroupBy(r => r.Topic).ToDictionary(t => t.Key, t => t.ToDictionary(r => r.Partition.ToString(), r => new[] { r.From, r.To }))));
            var audit = (python ?? Python.Run)(["audit", .. forPython, "--expect", file, .. gaps]);
            Assert.True(audit.ExitCode == 0, audit.All);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The rows of the current snapshot as one of <see cref="Readers"/> sees them.</summary>
    public static List<JsonElement> Rows(Reader reader, string table)
    {
        var read = reader switch
        {
            Reader.IcebergJava => Java.Run("read", table),
            Reader.PyIceberg => Python.Run("read", table),
            Reader.DuckDb => Python.Run("read", table, "--engine", "duckdb"),
            Reader.Icebird => Node("read-table.mjs", "icebird", table),
            Reader.ClickHouse => Node("read-table.mjs", "clickhouse", table),
            _ => Node("read-parquet.mjs", "duckdb", [.. Directory.EnumerateFiles(Path.Combine(table, "data"), "*.parquet", SearchOption.AllDirectories)]),
        };
        Assert.True(read.ExitCode == 0, $"{reader}: {read.All}");
        return [.. read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>The version of OpenAPI that a description keeps to, by the schemas of its makers.</summary>
    public static string OpenApiVersion(string file)
    {
        var checkedFile = Script("check-openapi.mjs", file);
        Assert.True(checkedFile.ExitCode == 0, checkedFile.All);
        return checkedFile.Output.Trim();
    }

    private static ToolResult Node(string script, string reader, params string[] places) => Script(script, ["--reader", reader, .. places]);

    private static ToolResult Script(string script, params string[] arguments) => Tool.Run(
        "node", [Path.Combine(Repository.Path("tests/readers"), script), .. arguments],
        environment: new Dictionary<string, string> { ["K2I_READERS"] = Needs.Readers });
}
