using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace K2I.Architecture.Tests;

/// <summary>The layer table of engine/README.md and the projects say the same.</summary>
public sealed partial class LayerTests
{
    [Fact]
    public void TableNamesEveryModuleAndNoOther() =>
        Assert.Equal(Repository.Modules, Table().Keys.Order());

    [Fact]
    public void ModulesReferenceExactlyWhatTheTableSays() =>
        Offences.AssertNone(
            from row in Table()
            where Repository.Modules.Contains(row.Key)
            let actual = References(row.Key)
            where !actual.SetEquals(row.Value)
            select $"{row.Key}: the table says [{string.Join(' ', row.Value.Order())}], the project [{string.Join(' ', actual.Order())}]");

    [Fact]
    public void TableStandsInDataFlowOrder()
    {
        var seen = new HashSet<string>();
        foreach (var (module, references) in Table())
        {
            Assert.True(references.IsSubsetOf(seen), $"{module} references a module below it in the table");
            seen.Add(module);
        }
    }

    [Fact]
    public void ProjectsAreNamedAfterTheirFolder() =>
        Offences.AssertNone(
            from module in Repository.Modules
            let name = Path.GetFileNameWithoutExtension(Repository.ProjectOf(module))
            where !name.Equals($"K2I.{module}", StringComparison.OrdinalIgnoreCase)
            select $"{module}: {name}");

    [Fact]
    public void EngineReferencesNoOtherKafkaClient() =>
        Offences.AssertNone(
            from file in Repository.FilesBelow(Repository.Engine)
            where Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".targets"
            where File.ReadAllText(file).Contains("Confluent.Kafka", StringComparison.Ordinal)
            select Repository.Relative(file));

    [Fact]
    public void SolutionHoldsEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "k2i-native.sln")).Replace('\\', '/');
        Offences.AssertNone(
            from file in Repository.FilesBelow(Repository.Root)
            where file.EndsWith(".csproj", StringComparison.Ordinal) && !solution.Contains($"\"{Repository.Relative(file)}\"", StringComparison.Ordinal)
            select Repository.Relative(file));
    }

    /// <summary>Module → modules it references, in the table's order.</summary>
    private static Dictionary<string, HashSet<string>> Table()
    {
        var section = File.ReadAllText(Path.Combine(Repository.Engine, "README.md")).Split("\n## Layers", 2)[1].Split("\n## ", 2)[0];
        return Row().Matches(section).Where(m => m.Groups["module"].Value is not ("module" or "---"))
            .ToDictionary(m => m.Groups["module"].Value, m => Words(m.Groups["references"].Value));
    }

    private static HashSet<string> Words(string cell) => [.. cell.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w != "–")];

    private static HashSet<string> References(string module) =>
        [.. XDocument.Load(Repository.ProjectOf(module)).Descendants("ProjectReference").Select(r => r.Attribute("Include")!.Value.Split('/')[^2])];

    [GeneratedRegex(@"^\| (?<module>\S+) \| [^|]* \| (?<references>[^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
