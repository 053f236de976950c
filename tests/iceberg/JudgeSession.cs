namespace K2I.Iceberg.Tests;

/// <summary>Iceberg Java answering one command after another.</summary>
internal sealed class JudgeSession : IDisposable
{
    private readonly ResidentTool judge = new(Shared.Need(Judge.Program), "batch");

    /// <summary>The lines printed; anything but success fails the test.</summary>
    public List<string> Do(params string[] command)
    {
        var result = judge.Run(command);
        Assert.True(result.ExitCode == 0, $"judge {string.Join(' ', command)}: {result.All}");
        return LinesOf(result);
    }

    /// <summary>Whether it could be done, and the lines printed.</summary>
    public (bool Done, List<string> Lines) Try(params string[] command)
    {
        var result = judge.Run(command);
        return (result.ExitCode == 0, LinesOf(result));
    }

    /// <summary>Demands a table without errors and warnings.</summary>
    public void Check(params string[] table)
    {
        var lines = Do(["check", .. table, "--lineage"]);
        var problems = lines.Where(l => l.StartsWith("ERROR", StringComparison.Ordinal) || l.StartsWith("WARN", StringComparison.Ordinal)).ToList();
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));
    }

    public void Dispose() => judge.Dispose();

    private static List<string> LinesOf(ToolResult result) => [.. result.Output.Split('\n')[..^1]];
}
