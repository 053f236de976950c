using System.Reflection;

namespace K2I.Architecture.Tests;

/// <summary>The checkout that these tests were built from: its modules and files.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = [".git", ".build", "dist", "bin", "obj", "node_modules", "TestResults", "__pycache__"];

    public static string Root { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepoRoot").Value!;

    public static string Engine { get; } = Path.Combine(Root, "engine");

    /// <summary>The folders of the engine, by name.</summary>
    public static IEnumerable<string> Modules => Directory.EnumerateDirectories(Engine).Select(d => Path.GetFileName(d)).Order();

    public static string ProjectOf(string module) => Directory.EnumerateFiles(Path.Combine(Engine, module), "*.csproj").Single();

    public static IEnumerable<string> SourcesBelow(string folder) => FilesBelow(Path.Combine(Root, folder)).Where(f => f.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>Every file that is no output of a build.</summary>
    public static IEnumerable<string> FilesBelow(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(d => !Skipped.Contains(Path.GetFileName(d))).SelectMany(FilesBelow)).Order();

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    /// <summary>Fails naming every offence, so that one run tells all.</summary>
    public static void AssertNone(IEnumerable<string> offences) => Assert.True(!offences.Any(), string.Join('\n', offences));
}
