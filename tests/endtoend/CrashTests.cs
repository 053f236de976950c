using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace K2I.EndToEnd.Tests;

/// <summary>A short run of <c>./build.sh crash</c>; long ones are run by hand.</summary>
public sealed partial class CrashTests(ITestOutputHelper output)
{
    private const int LeastPoints = 40;

    [Fact]
    public void EveryStepOfTheLifeCanBeKilled()
    {
        var points = Directory.EnumerateFiles(Repository.Engine, "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Hit().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).ToHashSet();
        Assert.True(points.Count >= LeastPoints, $"{points.Count} kill points");
        Assert.All(points, p => Assert.Matches("^[a-z]+\\.[a-z-]+$", p));
        string[] steps = ["engine", "run", "starts", "group", "ingest", "wal", "segment", "file", "letters", "flush", "commit", "maintenance", "catalog", "rest", "store", "table", "schema", "recovery", "replay", "stop"];
        Assert.Empty(steps.Except(points.Select(p => p.Split('.')[0])));
    }

    [IngestTheory]
    [InlineData(24, 20_261_108, "real", "file")]
    [InlineData(12, 20_261_109, "embedded", "rest")]
    [InlineData(12, 20_261_110, "embedded", "rest", "maintenance.step,maintenance.file-removed,commit.list-written")]
    public void AShortRunLosesNothingAndDoublesNothing(int kills, int seed, string kafka, string pair, string points = "")
    {
        string[] at = points.Length > 0 ? ["--points", points] : [];
        var run = Run([$"{kills}", "--seed", $"{seed}", "--kafka", kafka, "--pair", pair, "--batch", $"{kills}", "--rate", "300", .. at]);
        Assert.Contains("lost 0, doubled 0", run.Output, StringComparison.Ordinal);
    }

    /// <summary>Some of the faults of <c>./build.sh crash --sweep</c>, over a catalog and a store that have all that there is between.</summary>
    [IngestTheory]
    [InlineData("rest-s3", 13, 3)]
    public void AFaultAtAnyRequestOfAFlushLosesNothingAndDoublesNothing(string pair, int every, int awaySeconds)
    {
        var run = Run("--sweep", "--pair", pair, "--every", $"{every}", "--seed", "0", "--away", $"{awaySeconds}");
        Assert.Contains("each there once", run.Output, StringComparison.Ordinal);
    }

    private ToolResult Run(params string[] arguments)
    {
        var python = Path.GetDirectoryName(Path.GetDirectoryName(Needs.Python))!;
        var run = Tool.Run("dotnet", [Needs.CrashRun, .. arguments], environment: new Dictionary<string, string>
        {
            ["K2I_BINARY"] = Needs.Binary,
            ["K2I_SHARED"] = Shared.Root,
            ["K2I_PYTHON"] = python,
        });
        output.WriteLine(run.All);
        return run.Expect(0);
    }

    [GeneratedRegex(@"KillPoint\.Hit\(""([^""]+)""\)")]
    private static partial Regex Hit();
}
