using System.Text.RegularExpressions;

namespace K2I.EndToEnd.Tests;

/// <summary>What the program says and how it ends, without any server.</summary>
public sealed partial class CommandTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [BinaryFact]
    public void VersionIsTold() => Assert.Matches(@"k2i \d+\.\d+\.\d+", Run("version").Expect(0).Output);

    [BinaryFact]
    public void AnUnknownCommandIsAUsageError() => Run("frobnicate").Expect(2);

    [BinaryFact]
    public void EveryMistakeOfAConfigurationIsNamedWithItsLine()
    {
        var file = workspace.File("k2i.ini", "[kafka]\nbrokers = localhost:9092\nbrokres = x\n[iceberg]\nwarehouse = w\n[table.events]\ntopics = events\nformat = xml\n");
        var result = Run("validate", "--config", file).Expect(2);
        Assert.Contains("k2i.ini:3", result.All, StringComparison.Ordinal);
        Assert.Contains("brokers", result.All, StringComparison.Ordinal);
        Assert.Contains("k2i.ini:8", result.All, StringComparison.Ordinal);
    }

    [BinaryFact]
    public void TheExampleOfTheReadmeIsValid()
    {
        var example = Ini().Match(File.ReadAllText(Repository.Path("README.md"))).Groups[1].Value;
        Run("validate", "--config", workspace.File("k2i.ini", example)).Expect(0);
    }

    [BinaryFact]
    public void TheDocumentedDefaultFileIsValid() => Run("validate", "--config", Repository.Path("k2i.ini")).Expect(0);

    [BinaryFact]
    public void StatusOfNoProcessIsUnreachable()
    {
        var file = workspace.File("k2i.ini", "[kafka]\nbrokers = localhost:9092\n[iceberg]\nwarehouse = w\n[http]\nlisten = 127.0.0.1:1\n[table.events]\ntopics = events\n");
        Run("status", "--config", file).Expect(3);
    }

    [BinaryFact]
    public void ItNeedsNoLibraryButLibcAndLibm()
    {
        var libraries = Tool.Run("ldd", [Needs.Binary]).Expect(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim().Split(' ')[0].Split('/')[^1]);
        Assert.Empty(libraries.Except(["linux-vdso.so.1", "libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"]));
    }

    private ToolResult Run(params string[] arguments) => Tool.Run(Needs.Binary, arguments, folder: workspace.Folder);

    [GeneratedRegex("```ini\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Ini();
}
